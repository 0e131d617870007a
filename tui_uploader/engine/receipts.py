"""From what the bucket said and the gateway gave to the receipt that people see."""

from tui_uploader.model.items import Receipt
from tui_uploader.protocol.bucket import Stored
from tui_uploader.protocol.upload_info import UploadInfo


def receipt_of(info: UploadInfo, stored: Stored, attempts: int, seconds: float) -> Receipt:
    """The receipt of one stored object; nothing in it is secret."""
    return Receipt(
        etag=stored.etag,
        crc64=stored.crc64,
        request_id=stored.request_id,
        cloud_object_id=info.cloud_object_id,
        verified=bool(stored.digest),
        attempts=attempts,
        seconds=seconds,
        digest=stored.digest,
        source_gone=stored.source_gone,
    )
