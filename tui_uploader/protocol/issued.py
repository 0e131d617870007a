"""What the service gave out: secrets that no text of any later answer may say back."""

import re
from collections import deque
from collections.abc import Iterable, Iterator

from tui_uploader.model.failures import Failure
from tui_uploader.protocol.upload_info import UploadInfo

_KEPT = 256  # infos: more than are ever on their way and were refused a moment ago
_LEAST = 16  # characters: shorter words are no secrets, and innocent texts hold them
_LONG_WORD = re.compile(r"\S{16}")
_PLAIN = frozenset({"code", "message", "requestId", "objectId", "cloudObjectId"})


class Issued:
    """Remembers the upload info of a while. To look through it costs, so only what could hold a secret is."""

    def __init__(self) -> None:
        self._recent: deque[UploadInfo] = deque(maxlen=_KEPT)
        self._secrets: tuple[str, ...] | None = None  # of all of them, as long as no other is given out

    def note(self, infos: Iterable[UploadInfo]) -> None:
        """These were given out."""
        self._recent.extend(infos)
        self._secrets = None

    def cleaned(self, failure: Failure) -> Failure:
        """The same failure without any secret that was given out for whatever object."""
        from tui_uploader.model.codes import CATALOGUE  # here: the first failure loads it, not the start

        texts = (
            "" if failure.code in CATALOGUE else failure.code,  # most are longer than the shortest secret
            failure.message,
            failure.detail,
            failure.request_id if len(failure.request_id) > 64 else "",
        )
        if not any(map(_LONG_WORD.search, texts)):
            return failure
        if self._secrets is None:
            self._secrets = tuple(text for info in self._recent for text in info.secrets())
        return failure.without(self._secrets)


def texts_in(value: object) -> Iterator[str]:
    """All long texts of an entry that could be secrets, whatever they are called and however deep they lie."""
    if isinstance(value, str):
        if len(value) >= _LEAST:
            yield value
    elif isinstance(value, list):
        for one in value:
            yield from texts_in(one)
    elif isinstance(value, dict):
        for name, one in value.items():
            if name not in _PLAIN:
                yield from texts_in(one)
