"""The Content-Type of a file by its name, the same on every machine: no table of the system is read."""

import mimetypes
from functools import cache, lru_cache

_OURS = {
    ".7z": "application/x-7z-compressed",
    ".apk": "application/vnd.android.package-archive",
    ".avif": "image/avif",
    ".csv": "text/csv",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".flac": "audio/flac",
    ".heic": "image/heic",
    ".jsonl": "application/x-ndjson",
    ".log": "text/plain",
    ".m4a": "audio/mp4",
    ".md": "text/markdown",
    ".mkv": "video/x-matroska",
    ".ogg": "audio/ogg",
    ".parquet": "application/vnd.apache.parquet",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".rar": "application/vnd.rar",
    ".sql": "application/sql",
    ".toml": "application/toml",
    ".ttf": "font/ttf",
    ".webp": "image/webp",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".yaml": "application/yaml",
    ".yml": "application/yaml",
    ".zst": "application/zstd",
}
_PACKED = {
    "br": "application/x-brotli",
    "bzip2": "application/x-bzip2",
    "compress": "application/x-compress",
    "gzip": "application/gzip",
    "xz": "application/x-xz",
}
DEFAULT = "application/octet-stream"


def content_type(key: str) -> str:
    """The media type for a key's ending; ``application/octet-stream`` where nothing is known.

    A packed file is named as what it is (``a.tar.gz`` is ``application/gzip``): the object is the archive.
    """
    name = key.rpartition("/")[2].lower()
    dot = name.rfind(".")
    if dot <= 0:
        return DEFAULT
    if name[dot:] in mimetypes.encodings_map:
        dot = max(name.rfind(".", 0, dot), 0)  # what is packed says what it is by the ending before
    return _of_ending(name[dot:])


@cache
def _table() -> mimetypes.MimeTypes:
    """Made for the first ending that is not one of ours."""
    return mimetypes.MimeTypes(filenames=())


@lru_cache(maxsize=1024)
def _of_ending(ending: str) -> str:
    """The media type of all names that end alike."""
    name = "x" + ending
    dot = name.rfind(".")
    if dot > 0 and name[dot:] in _OURS:
        return _OURS[name[dot:]]
    kind, packing = _table().guess_type(name.replace("%", "_"), strict=True)
    if packing is not None:
        return _PACKED.get(packing, DEFAULT)
    return kind or DEFAULT
