"""Rules for keys: from a path's bytes to the object's name in the cloud, or the code of what forbids it."""

from tui_uploader.model.text import has_controls

MAX_KEY_BYTES = 850  # COS, object key naming
REFUSE, ESCAPE, SKIP = "refuse", "escape", "skip"


def key_text(raw: bytes, names: str = REFUSE) -> tuple[str, str | None]:
    """The key for a relative path, and the code of what is wrong with it (None: nothing).

    With `names` ``escape`` bytes that are not UTF-8 and control characters become ``%XX``, so that no code is left
    for them. A name that cannot be text is shown with ``\\xNN`` in the answer.
    """
    try:
        key, code = raw.decode("utf-8"), None
    except UnicodeDecodeError:
        if names == ESCAPE:
            key, code = _escape(raw), None
        else:
            return raw.decode("utf-8", "backslashreplace"), "NAME_NOT_UTF8"
    if has_controls(key):
        if names != ESCAPE:
            return key, "NAME_CONTROL"
        key = _escape(raw)
    return key, code or invalid_key(key)


def invalid_key(key: str) -> str | None:
    """The code of a key that COS or CloudBase would refuse or that could land elsewhere, or None.

    Empty, with a leading ``/`` or backslash, an empty, ``.`` or ``..`` segment, a trailing ``/``, or over 850 bytes of
    UTF-8 (COS object naming; CloudBase file naming).
    """
    if not key or key[0] in "/\\":
        return "KEY_INVALID"
    if len(key) > MAX_KEY_BYTES // 4 and len(key.encode("utf-8", "surrogatepass")) > MAX_KEY_BYTES:
        return "KEY_TOO_LONG"
    if "//" in key or key[-1] == "/":
        return "KEY_INVALID"
    if "." in key and any(part in (".", "..") for part in key.split("/")):
        return "KEY_INVALID"
    return None


def normal_prefix(prefix: str) -> str:
    """`prefix` without leading and trailing ``/``, ready to be joined with one ``/``.

    Raises ValueError with a sentence where no key under it could be valid.
    """
    bare = prefix.strip("/")
    not_text = any("\ud800" <= char <= "\udfff" for char in bare)  # an argument that was not UTF-8
    if bare and (not_text or has_controls(bare) or invalid_key(bare)):
        raise ValueError(
            f"the prefix {prefix!r} cannot begin a key: no empty, '.' or '..' part, no control character, "
            f"no leading backslash, at most {MAX_KEY_BYTES} bytes"
        )
    return bare


def _escape(raw: bytes) -> str:
    text = []
    for char in raw.decode("utf-8", "surrogateescape"):
        code = ord(char)
        if 0xDC80 <= code <= 0xDCFF:
            text.append(f"%{code - 0xDC00:02X}")
        elif has_controls(char):
            text.extend(f"%{byte:02X}" for byte in char.encode())
        else:
            text.append(char)
    return "".join(text)
