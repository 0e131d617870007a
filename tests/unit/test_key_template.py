"""Key templates: what they make of a path, and what is wrong with one that cannot be used."""

import socket

import pytest

from tests.unit.conftest import Tree
from tui_uploader.engine.key_template import KeyTemplate
from tui_uploader.engine.planner import Planner, PlanOptions, start_of_argument
from tui_uploader.model.items import Verdict

WHEN = 1_790_000_000.0  # 2026-09-21


@pytest.mark.parametrize(
    ("template", "key"),
    [
        ("", b"d/a.tar.gz"),
        ("{relpath}", b"d/a.tar.gz"),
        ("{date:%Y/%m}/{name}", b"2026/09/a.tar.gz"),
        ("{date:%-d. %% %b}/{name}", b"21. % Sep/a.tar.gz"),
        ("{stem}-x{ext}", b"a.tar-x.gz"),
        ("{{{name}}}", b"{a.tar.gz}"),
        ("{host}/{relpath}", socket.gethostname().encode() + b"/d/a.tar.gz"),
    ],
)
def test_what_a_template_makes(template: str, key: bytes) -> None:
    assert KeyTemplate(template, WHEN).key(b"d/a.tar.gz") == key


def test_a_name_that_is_no_text_stays_as_it_is() -> None:
    assert KeyTemplate("x/{stem}{ext}").key(b"d/\xff\n.b") == b"x/\xff\n.b"
    assert KeyTemplate("{stem}|{ext}").key(b".env") == b".env|"


@pytest.mark.parametrize(
    ("template", "words"),
    [("{path}", r"no \{path\}: there are \{host\}"), ("{name:>9}", "no {name:>9}"), ("{name!r}", "no {name!r}"),
     ("{date:bad}/{name}", "no {date:bad}: it is as"), ("{date:%Q}{name}", "no {date:%Q}"),
     ("{date:%}{name}", "no {date:%}"),
     ("{date:%n}{name}", "no {date:%n}"), ("{", "cannot be read"), ("{date}", "same key"), ("{}", r"no \{\}")],
)  # fmt: skip
def test_a_template_that_cannot_be_used_is_named(template: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        KeyTemplate(template)


def test_a_plan_with_a_template_still_sees_clashes(tree: Tree) -> None:
    root = tree({"a/x.log": b"1", "b/x.log": b"2", "b/y.log": b"3"})
    planner = Planner(PlanOptions(prefix="p", key_template="flat/{name}"))
    lines = {line.path[len(root) :]: line for line in planner.plan([start_of_argument(root)])}
    assert (lines[b"/a/x.log"].key, lines[b"/a/x.log"].verdict) == ("p/flat/x.log", Verdict.UPLOAD)
    assert lines[b"/b/x.log"].code == "KEY_CLASH"
    assert lines[b"/b/y.log"].key == "p/flat/y.log"


@pytest.mark.parametrize(
    "name",
    [
        ".env",
        ".env.local",
        ".ENV.staging",
        "prod.env",
        ".envrc",
        "id_rsa",
        "ID_ED25519",
        "id_ecdsa_sk",
        "id_rsa.bak",
        "server.pem",
        "SERVER.KEY",
        "tls.key.old",
        "x.pem~",
        ".aws/credentials",
        "Credentials.json",
        ".netrc",
        "x.kdbx",
        ".kube/config",
        "shadow",
    ],
)
def test_what_looks_like_a_secret_is_warned_about(tree: Tree, name: str) -> None:
    root = tree({f"home/{name}": b"1", "home/id_rsa.pub": b"", "home/.env.example": b"", "home/keyboard": b"",
                 "home/credentials.go": b"",
                 "home/config": b"", "home/environment": b"", "home/shadow.css": b""})  # fmt: skip
    verdicts = {line.path[len(root) :]: line.verdict for line in Planner(PlanOptions()).plan([start_of_argument(root)])}
    assert verdicts.pop(b"/home/" + name.encode()) is Verdict.WARN
    assert set(verdicts.values()) == {Verdict.UPLOAD}
