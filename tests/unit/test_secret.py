"""A secret shows itself in no text, no pickle and no JSON."""

import copy
import json
import pickle
import traceback

import pytest

from tui_uploader.engine.port import EngineOptions
from tui_uploader.model.secret import Secret

VALUE = "hunter2-correct-horse"


@pytest.mark.parametrize("form", [repr, str, lambda s: f"{s}", lambda s: f"{s:>40}", lambda s: "%s %r" % (s, s), ascii])  # noqa: UP031
def test_no_text_of_it_shows_it(form: "type[str]") -> None:
    assert VALUE not in form(Secret(VALUE))
    assert "***" in form(Secret(VALUE))


def test_it_hides_inside_other_values() -> None:
    options = EngineOptions("https://x", "env", Secret(VALUE))
    assert VALUE not in repr(options)
    assert VALUE not in str([Secret(VALUE)])


def test_it_is_not_pickled_copied_or_written_as_json() -> None:
    secret = Secret(VALUE)
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(secret)
    with pytest.raises(TypeError):
        copy.deepcopy(secret)
    with pytest.raises(TypeError) as raised:
        json.dumps({"token": secret})
    assert VALUE not in "".join(traceback.format_exception(raised.value))


def test_it_has_no_dictionary_to_look_into() -> None:
    with pytest.raises(TypeError):
        vars(Secret(VALUE))


def test_it_can_be_used() -> None:
    assert Secret(VALUE).reveal() == VALUE
    assert Secret(VALUE) == Secret(VALUE)
    assert Secret(VALUE) != Secret("other")
    assert Secret(VALUE) != VALUE
    assert len({Secret(VALUE), Secret(VALUE)}) == 1
    assert not Secret("")
    assert Secret(VALUE)
