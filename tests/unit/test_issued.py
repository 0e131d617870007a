"""What was given out is said by no later answer, and a refusal that could hold none of it costs nothing."""

from dataclasses import replace

from tests.protocol.test_fault_codes import info_for
from tui_uploader.model.failures import Failure, Phase
from tui_uploader.protocol.dialling import Target
from tui_uploader.protocol.issued import Issued

INFO = replace(info_for(Target("https", "bucket.test", 443)), token="first-token-of-somebody")
OTHER = replace(INFO, token="other-token-of-somebody")


def test_what_was_given_out_is_cleaned_away_however_late_it_came() -> None:
    issued = Issued()
    issued.note([INFO])
    for info in (INFO, OTHER):
        issued.note([info])
        told = Failure("STORAGE_EXCEED_AUTHORITY", Phase.INFO, f"no rule for {info.token}")
        assert issued.cleaned(told).message == "no rule for ***"
        strange = Failure(f"X_{info.token}", Phase.INFO, "no")
        assert info.token not in issued.cleaned(strange).code


def test_a_known_code_and_a_plain_message_are_not_looked_through() -> None:
    """Each refusal was compared with a thousand secrets, 2 ms long: ten of one answer held a key for 20."""
    issued = Issued()
    issued.note([INFO])
    refused = Failure("STORAGE_EXCEED_AUTHORITY", Phase.INFO, "the rule denies it")
    assert issued.cleaned(refused) is refused
