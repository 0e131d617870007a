"""From what the bucket said and the gateway gave to the receipt that people see."""

from tui_uploader.model.items import Receipt
from tui_uploader.model.redact import GONE
from tui_uploader.protocol.bucket import Stored
from tui_uploader.protocol.upload_info import UploadInfo

_LEAST = 16  # characters: what is shorter is in innocent texts by chance


def receipt_of(info: UploadInfo, stored: Stored, attempts: int, seconds: float) -> Receipt:
    """The receipt of one stored object; nothing in it is secret."""
    return Receipt(
        etag=_kept_in(stored.etag, info),
        crc64=stored.crc64,
        request_id=_kept_in(stored.request_id, info),
        cloud_object_id=_kept_in(info.cloud_object_id, info),
        verified=bool(stored.digest),
        attempts=attempts,
        seconds=seconds,
        digest=stored.digest,
        source_gone=stored.source_gone,
    )


def _kept_in(text: str, info: UploadInfo) -> str:
    """A text of the service, or nothing of it where it says one of the object's secrets back."""
    secrets = (info.authorization, info.token, info.meta)
    return GONE if any(len(secret) >= _LEAST and secret in text for secret in secrets) else text
