"""Secrets that the service says back: in refusals of whatever form, of whichever object, and in what it confirms."""

import json
from typing import Any

import pytest

from tests.faults import wire_tricks as trick
from tests.faults.ground import Ground
from tests.faults.servers import Raw
from tests.faults.table import AFFECTED, rows
from tests.protocol.hostile import Asked, Peer
from tests.protocol.scripts import answer

Entries = list[dict[str, Any]]


def secret(number: int, what: str = "token") -> str:
    """A secret without the word that the ground looks for: it would be found in an innocent place."""
    return f"Zx{number:02d}{what}Q7" * 3


class Echoing:
    """A raw cloud whose secrets are its own, and which refuses one object by `refusal`."""

    def __init__(self, ground: Ground, refusal: Any) -> None:
        self.ground, self._refusal = ground, refusal
        self.given: dict[str, dict[str, Any]] = {}
        self.cloud: Raw = ground.raw(shape=self._shape)

    def _shape(self, entries: Entries) -> Any:
        made = []
        for entry in entries:
            number = len(self.given)
            for name in ("token", "authorization", "cloudObjectMeta"):
                entry[name] = secret(number, name)
            entry["downloadUrlEncoded"] = entry["downloadUrl"] = f"{entry['uploadUrl']}?sign={secret(number, 'sign')}"
            self.given[entry["objectId"]] = entry
            made.append(self._refusal(entry, self.given) if entry["objectId"] == AFFECTED else entry)
        return made

    def no_secret(self) -> None:
        """Nothing that was said, logged or kept has any of them."""
        names = ("token", "authorization", "cloudObjectMeta", "sign")
        secrets = [secret(number, what) for number in range(len(self.given)) for what in names]
        assert not [one for one in secrets for text in self.ground.heard() if one in text]


def own_in_the_message(entry: dict[str, Any], _: Any) -> Any:
    return {**entry, "code": "NO_WAY", "message": f"it was {entry['token']} and {entry['cloudObjectMeta']} of yours"}


def own_under_other_names(entry: dict[str, Any], _: Any) -> Any:
    hidden = {"deep": [{"x": entry["authorization"]}]}
    return {"objectId": AFFECTED, "code": "NO_WAY", "message": f"see {entry['authorization']}", "data": hidden}


def of_another(entry: dict[str, Any], given: dict[str, dict[str, Any]]) -> Any:
    other = next(iter(given.values()))
    said = f"collides with {other['token']} {other['downloadUrl'].partition('=')[2]}"
    return {"objectId": AFFECTED, "code": "NO_WAY", "message": said, "requestId": "r" * 70 + other["token"]}


def as_the_code(entry: dict[str, Any], _: Any) -> Any:
    return {**entry, "code": entry["token"], "message": "m"}


@rows(41)
@pytest.mark.parametrize("batch", [1, 25])
@pytest.mark.parametrize("refusal", [own_in_the_message, own_under_other_names, of_another, as_the_code])
def test_a_refusal_says_no_secret_of_any_object(ground: Ground, refusal: Any, batch: int) -> None:
    ground.fill(12)
    echoing = Echoing(ground, refusal)
    ended = ground.command("--batch", str(batch), "--parallel", "1")
    assert (ended.code, ended.summary["done"], list(ended.failed)) == (1, 11, [AFFECTED])
    assert ended.failed[AFFECTED] == ("BAD_ANSWER" if refusal is as_the_code else "NO_WAY")
    echoing.no_secret()


@rows(43)
@pytest.mark.parametrize(
    "body",
    [
        json.dumps({"data": [{"token": secret(1), "x": [secret(2)]}]}),
        json.dumps({"result": {"list": [secret(1)]}}),
        f"token {secret(1)} is not for you",
        f"<html>{secret(1)}</html>",
        f'{{"a":"{secret(1)}',
    ],
)
def test_what_is_no_answer_is_shown_without_what_may_be_a_secret_in_it(ground: Ground, body: str) -> None:
    ground.fill(3)
    ground.raw(asks=[trick.says(answer("200 OK", body.encode()))], for_ever=True)
    ended = ground.command()
    assert (ended.code, ended.stop) == (3, "BAD_ANSWER")
    assert "it begins: " in ended.of("stopped")[0]["message"]
    assert all(secret(number)[:12] not in text for number in (1, 2) for text in ground.heard())


@rows(43)
def test_the_words_of_a_page_are_still_shown(ground: Ground) -> None:
    ground.fill(3)
    page = b'<html><title>Hotel Example</title> {"message": "please sign in at the desk"}'
    ground.raw(asks=[trick.says(answer("200 OK", page))], for_ever=True)
    message = ground.command().of("stopped")[0]["message"]
    assert "Hotel Example" in message
    assert "please sign in" in message


@rows(11)
def test_a_receipt_says_no_secret_back(ground: Ground) -> None:
    ground.fill(3)
    cloud = ground.raw()

    async def confirms(peer: Peer, asked: Asked) -> bool:
        await peer.body(asked)
        whole = cloud.receipt(asked, asked.body)
        said = whole.replace(b"raw-request", asked.header("x-cos-security-token").encode())
        await peer.send(said.replace(b'"e"', f'"{asked.header("authorization")}"'.encode()))
        return True

    cloud.meet("f001.txt", [confirms])
    ended = ground.command()
    assert (ended.code, ended.summary["done"]) == (0, 3)
    assert sum(line["request_id"] == "***" for line in ended.of("done")) == 1


@rows(41, 43)
@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("text", ["#" + "http://a" * 400_000, "x" * 3_000_000, "one more word " * 200_000])
def test_a_message_without_end_costs_no_time_and_is_cut(ground: Ground, text: str, whole: bool) -> None:
    ground.fill(4)
    refusal = {"code": "NO_WAY", "message": text, "requestId": text}
    if whole:
        ground.raw(asks=[trick.says(answer("403 No", json.dumps(refusal).encode()))], for_ever=True)
    else:
        shape = lambda entries: [refusal if one["objectId"] == AFFECTED else one for one in entries]  # noqa: E731
        ground.raw(shape=shape)
    ended = ground.push()
    assert (ended.code, ended.stop) == ((3, "NO_WAY") if whole else (1, None))
    said = ended.of("stopped" if whole else "failed")[0]
    assert said["message"] == "***" if " " not in text else said["message"].endswith(" ...")
    assert len(json.dumps(said)) < 5000


@rows(19)
def test_a_message_of_the_bucket_without_end_costs_no_time(ground: Ground) -> None:
    ground.fill(4)
    body = f"<Error><Code>NoWay</Code><Message>{'#' + 'http://a' * 7000}</Message></Error>"
    ground.raw({AFFECTED: [trick.says(answer("400 No", body.encode(), "x-cos-request-id: " + "r" * 30_000))]})
    ended = ground.push()
    assert ended.failed == {AFFECTED: "NoWay"}
    assert (ended.of("failed")[0]["message"], ended.of("failed")[0]["request_id"]) == ("***", "***")
