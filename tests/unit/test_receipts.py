"""Receipts as text: every one comes back as it was, whatever the service said."""

from hypothesis import given
from hypothesis import strategies as st

from tui_uploader.model.items import Receipt
from tui_uploader.model.receipts import Receipts, packed, unpacked

TEXT = st.text(st.characters(codec="utf-8"), max_size=30)
RECEIPT = st.builds(
    Receipt, TEXT, st.none() | TEXT.filter(bool), TEXT, TEXT, st.booleans(), st.integers(0, 99),
    st.floats(0, 1e6), st.sampled_from(["", "crc64", "md5"]), st.booleans(),
)  # fmt: skip


@given(RECEIPT, TEXT)
def test_a_receipt_comes_back_as_it_was(receipt: Receipt, key: str) -> None:
    kept = Receipts()
    kept.put(3, key, receipt)
    assert kept.get(3, key) == receipt
    assert kept.get(2, key) is None
    assert kept.get(9, key) is None


def test_the_key_is_not_kept_twice_and_odd_words_are_kept_as_they_are() -> None:
    usual = Receipt('"e"', "1", "req", "cloud://env.bucket/logs/a", True, 2, 0.5, "crc64", True)
    assert "logs/a" not in packed(usual, "logs/a")
    assert unpacked(packed(usual, "logs/a"), "logs/a") == usual
    assert packed(Receipt('"e\x1f"', "1", "req", "cloud://x", True, 2, 0.5), "k") == ""
    assert packed(Receipt('"e"', "1", "req", "cloud://\x1e", True, 2, 0.5), "k") == ""
