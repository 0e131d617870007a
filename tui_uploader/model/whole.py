"""Whole: a path as one has to write it to find it again: absolute, without dots and doubled slashes. No I/O."""


def whole(folder: bytes, path: bytes) -> bytes:
    """`path` as it is meant in `folder` (absolute, and without links, as the system says it).

    ``..`` is taken away where it stands before any name: behind one that may be a link it means what the disk says.
    """
    absolute = path.startswith(b"/")
    if absolute and b"/." not in path and b"//" not in path and path[-1:] != b"/":  # nearly all
        return path
    parts = [] if absolute else [part for part in folder.split(b"/") if part]
    own = False
    for part in path.split(b"/"):
        if part == b".." and not own:
            del parts[-1:]
        elif part not in (b"", b"."):
            parts.append(part)
            own = True
    return b"/" + b"/".join(parts)
