"""Keys that come in one burst: what follows the key of a prompt is typed into it, whatever comes before or after."""

import pytest

from tests.terminal.pty_screen import Terminal


@pytest.mark.parametrize(
    ("burst", "seen"),
    [
        ("/q1x", r"find +q1x *\n"),
        ("/q1\x15zz", r"find +zz *\n"),
        ("fa.c", r"only names with +a\.c *\n"),
        ("o\x15/usr/lib/none", r"go to +/usr/lib/none *\n"),
        ("+\x15*.pdf", r" mark +\*\.pdf *\n"),
        ("-\x15*.log", r"unmark +\*\.log *\n"),
        ("b\x1512M", r"limit: .* 12M *\n"),
        ("3/uvw", r"find in the log +uvw *\n"),
        ("jj/q1\r/p a t h", r"find +p a t h *\n"),
    ],
)
def test_a_burst_is_typed_into_the_prompt_that_its_first_key_opens(demo: Terminal, burst: str, seen: str) -> None:
    for _ in range(3):
        demo.press(burst)
        demo.wait(seen, 5)
        demo.press("\x1b")
        demo.wait(r"\? help", 5)
        demo.press("1")


def test_the_prompts_of_the_plan_take_a_burst(demo: Terminal) -> None:
    demo.press(" u")
    demo.wait("Plan: [0-9]", 10)
    demo.press("fje\x15renamed/it.pdf")
    demo.wait(r" key +renamed/it\.pdf *\n", 5)


def test_a_paste_in_brackets_goes_where_it_was_meant_for(demo: Terminal) -> None:
    demo.press("o\x15\x1b[200~/usr/share/paste d\x1b[201~")
    demo.wait(r"go to +/usr/share/paste d *\n", 5)


def test_an_interrupt_forgets_what_was_typed_ahead(demo: Terminal) -> None:
    demo.press("j" * 300 + "\x03\x03")
    assert demo.wait_end(6) == 130
