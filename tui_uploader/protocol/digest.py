"""CRC-64 as COS computes it: ECMA-182 in the reflected "XZ" form. By fastcrc, or in Python where it has no wheel."""

from collections.abc import Callable
from functools import cache

_POLYNOMIAL = 0xC96C5795D7870F42  # 0x42F0E1EBA9EA3693 reflected
_ONES = 0xFFFFFFFFFFFFFFFF


@cache
def _table() -> tuple[int, ...]:
    rows = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ _POLYNOMIAL if value & 1 else value >> 1
        rows.append(value)
    return tuple(rows)


def slow_crc64(data: bytes | memoryview, crc: int = 0) -> int:
    """The same in pure Python: some hundred times slower, for platforms without a wheel."""
    table = _table()
    crc ^= _ONES
    for byte in data:
        crc = table[(crc ^ byte) & 0xFF] ^ crc >> 8
    return crc ^ _ONES


try:
    from fastcrc.crc64 import xz

    crc64: Callable[[bytes | memoryview, int], int] = xz
except ImportError:  # pragma: no cover - depends on the platform
    crc64 = slow_crc64
"""``crc64(data, crc_so_far)``: the CRC-64 of all data so far; 0 to begin with."""
