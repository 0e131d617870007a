"""The system's authorities, one by one where they lie in a folder for that: whoever is believed otherwise is, too."""

import asyncio
import errno
import os
import ssl
from collections.abc import Callable
from pathlib import Path
from subprocess import run

import pytest

from tests.protocol.conftest import Papers
from tests.protocol.hostile import OK, Hostile, Peer
from tui_uploader.model.failures import Phase
from tui_uploader.protocol.dialling import Target
from tui_uploader.protocol.errors import ConnectError
from tui_uploader.protocol.failures import of_exception
from tui_uploader.protocol.sending import Sender
from tui_uploader.protocol.trust import reads_one_by_one, trusting

Keep = Callable[[Path], None]
HEAD = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


async def good(peer: Peer) -> None:
    await peer.request()
    await peer.send(OK)


def hashed(folder: Path, certificate: Path) -> Path:
    """A folder that has a certificate under the name by which OpenSSL looks for it."""
    folder.mkdir()
    command = ["openssl", "x509", "-hash", "-noout", "-in", str(certificate)]
    name = run(command, check=True, capture_output=True, text=True, timeout=30).stdout.strip()
    (folder / f"{name}.0").write_bytes(certificate.read_bytes())
    return folder


@pytest.fixture
def keeps(monkeypatch: pytest.MonkeyPatch) -> Keep:
    """``keeps(folder)``: the system has its authorities there."""

    def keep(folder: Path) -> None:
        usual = ssl.get_default_verify_paths()._replace(capath=str(folder))
        monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: usual)
        for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
            monkeypatch.delenv(name, raising=False)

    return keep


async def ask(context: ssl.SSLContext, server: Hostile, times: int = 1) -> None:
    sender = Sender(context=context)
    target = Target("https", "127.0.0.1", server.port)
    answers = await asyncio.gather(*[sender.send(target, HEAD, None) for _ in range(times)])
    assert [answer.status for answer in answers] == [200] * times
    await sender.aclose()


async def test_an_authority_is_read_when_it_is_met(papers: Papers, tmp_path: Path, keeps: Keep) -> None:
    keeps(hashed(tmp_path / "certs", Path(papers.authority)))
    context = trusting()()
    assert context.get_ca_certs() == []
    async with Hostile(good, tls=papers.server("good")) as server:
        await ask(context, server)
    assert reads_one_by_one(context)
    assert len(context.get_ca_certs()) == 1


async def test_one_that_lies_in_the_systems_file_alone_is_believed_as_well(
    papers: Papers, tmp_path: Path, keeps: Keep, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    """Eight connections at once: all meet it, whichever reads the file."""
    keeps(hashed(tmp_path / "certs", papers.folder / "self.pem"))
    context = trusting()()
    monkeypatch.setenv("SSL_CERT_FILE", papers.authority)
    async with Hostile(*[good] * 20, tls=papers.server("good")) as server:
        await ask(context, server, 8)
    assert not reads_one_by_one(context)


async def test_a_file_of_ones_own_is_believed_beside_the_folder(papers: Papers, tmp_path: Path, keeps: Keep) -> None:
    keeps(hashed(tmp_path / "certs", papers.folder / "self.pem"))
    context = trusting(papers.authority)()
    async with Hostile(good, tls=papers.server("good")) as server:
        await ask(context, server)
    assert reads_one_by_one(context)


@pytest.mark.parametrize("certificate", ["self", "other", "expired"])
async def test_who_is_not_to_be_believed_is_not(
    papers: Papers, tmp_path: Path, keeps: Keep, certificate: str
) -> None:  # fmt: skip
    keeps(hashed(tmp_path / "certs", Path(papers.authority)))
    async with Hostile(good, good, tls=papers.server(certificate)) as server:
        with pytest.raises(ConnectError, match="TLS"):
            await ask(trusting()(), server)


async def test_a_folder_that_is_not_kept_so_is_read_whole(papers: Papers, keeps: Keep) -> None:
    keeps(papers.folder)
    assert not reads_one_by_one(trusting()())


async def test_where_the_environment_names_authorities_all_of_them_are_read(
    papers: Papers, tmp_path: Path, keeps: Keep, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    keeps(hashed(tmp_path / "certs", papers.folder / "self.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", papers.authority)
    context = trusting()()
    assert not reads_one_by_one(context)
    async with Hostile(good, tls=papers.server("good")) as server:
        await ask(context, server)


async def test_without_a_file_handle_nobody_is_taken_for_a_fraud(
    papers: Papers, tmp_path: Path, keeps: Keep, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An authority cannot be read then: that is this machine's trouble, and passes."""
    keeps(hashed(tmp_path / "certs", papers.folder / "self.pem"))
    context, opened = trusting()(), os.open
    monkeypatch.setenv("SSL_CERT_FILE", papers.authority)

    def none_left(path: str | bytes, *rest: int, **more: int) -> int:
        if path == os.devnull:
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
        return opened(path, *rest, **more)

    async with Hostile(good, good, tls=papers.server("good")) as server:
        with monkeypatch.context() as short:
            short.setattr(os, "open", none_left)
            with pytest.raises(ConnectError) as raised:
                await ask(context, server)
        assert of_exception(raised.value, Phase.PUT, "h").code == "LOCAL_LIMIT"
        await ask(context, server)
