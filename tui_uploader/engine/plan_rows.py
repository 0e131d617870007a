"""Lines of a plan as rows that cross between processes."""

from collections.abc import Iterable, Iterator, Sequence

from tui_uploader.model.items import Planned, Verdict

Row = tuple[object, ...]
_VERDICTS = {verdict.value: verdict for verdict in Verdict}


def rows_of(lines: Iterable[Planned]) -> list[Row]:
    """The lines as tuples of plain values."""
    return [(p.path, p.key, p.size, p.verdict.value, p.code, p.reason, p.mtime_ns, p.inode) for p in lines]


def lines_of(rows: Iterable[Sequence[object]]) -> Iterator[Planned]:
    """The same at the other end."""
    for path, key, size, verdict, *rest in rows:
        yield Planned(path, key, size, _VERDICTS[verdict], *rest)  # type: ignore[arg-type,index]
