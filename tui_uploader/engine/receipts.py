"""From what the bucket said and the gateway gave to the receipt that people see."""

from collections.abc import Sequence

from tui_uploader.model.items import Receipt
from tui_uploader.model.redact import GONE
from tui_uploader.protocol.bucket import Stored
from tui_uploader.protocol.upload_info import UploadInfo

_LEAST = 16  # characters: what is shorter is in innocent texts by chance


def receipt_of(info: UploadInfo, stored: Stored, attempts: int, seconds: float) -> Receipt:
    """The receipt of one stored object; nothing in it is secret."""
    secrets = [text for text in (info.authorization, info.token, info.meta) if len(text) >= _LEAST]
    return Receipt(
        etag=_kept_in(stored.etag, secrets),
        crc64=stored.crc64,
        request_id=_kept_in(stored.request_id, secrets),
        cloud_object_id=_kept_in(info.cloud_object_id, secrets),
        verified=bool(stored.digest),
        attempts=attempts,
        seconds=seconds,
        digest=stored.digest,
        source_gone=stored.source_gone,
    )


def _kept_in(text: str, secrets: Sequence[str]) -> str:
    """A text of the service, or nothing of it where it says one of the object's secrets back."""
    for secret in secrets:
        if secret in text:
            return GONE
    return text
