"""Receipts: what the service said of stored objects, as one short text each: a million of them fit in memory."""

from collections.abc import Sequence

from tui_uploader.model.items import Receipt

_BETWEEN, _KEY = "\x1f", "\x1e"  # between the fields; in the place of the object's key
_DIGESTS = ("", "crc64", "md5")


class Receipts:
    """By id. A receipt that no text can hold, for the service may say anything, is kept as it is."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._odd: dict[int, Receipt] = {}

    def put(self, item_id: int, key: str, receipt: Receipt) -> None:
        """What was said of an object."""
        text = packed(receipt, key)
        if not text:
            self._odd[item_id] = receipt
        self._room(item_id + 1)
        self._texts[item_id] = text

    def get(self, item_id: int, key: str) -> Receipt | None:
        """What was said of it; None where nothing was."""
        text = self.text(item_id)
        return unpacked(text, key) if text else self._odd.get(item_id)

    def text(self, item_id: int) -> str:
        """Its text; empty where there is none."""
        return self._texts[item_id] if item_id < len(self._texts) else ""

    def put_texts(self, first: int, texts: Sequence[str]) -> None:
        """The texts of many objects, from `first` on."""
        self._room(first)
        self._texts[first : first + len(texts)] = texts

    def _room(self, count: int) -> None:
        if (missing := count - len(self._texts)) > 0:
            self._texts += [""] * missing


def packed(receipt: Receipt, key: str) -> str:
    """A receipt as text; empty where it holds what stands between its fields."""
    cloud = receipt.cloud_object_id
    said = (receipt.etag, receipt.crc64 or "", receipt.request_id)
    if receipt.digest not in _DIGESTS or any(_BETWEEN in one for one in (*said, cloud)) or _KEY in cloud:
        return ""
    if key and cloud.endswith(key):
        cloud = cloud[: -len(key)] + _KEY
    flags = receipt.verified | receipt.source_gone << 1 | _DIGESTS.index(receipt.digest) << 2
    return _BETWEEN.join((*said, cloud, f"{flags}", f"{receipt.attempts}", repr(receipt.seconds)))


def unpacked(text: str, key: str) -> Receipt:
    """The same back."""
    etag, crc64, request_id, cloud, flags, attempts, seconds = text.split(_BETWEEN)
    if cloud.endswith(_KEY):
        cloud = cloud[:-1] + key
    bits = int(flags)
    return Receipt(
        etag, crc64 or None, request_id, cloud, bool(bits & 1), int(attempts), float(seconds), _DIGESTS[bits >> 2],
        bool(bits & 2),
    )  # fmt: skip
