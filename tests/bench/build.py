"""Compiles the sink and the C client, and makes a throwaway certificate. Says what is missing where it is."""

import os
import shutil
import subprocess
from dataclasses import dataclass

HERE = os.path.dirname(os.path.abspath(__file__))


class CannotBuild(Exception):
    """There is no compiler, or it refuses the sink."""


@dataclass(frozen=True, slots=True)
class Tools:
    """Paths of what was built; `certificate` is None where there is no https."""

    sink: str
    limit: str
    certificate: str | None
    key: str | None


def build(folder: str) -> tuple[Tools, list[str]]:
    """Compile into `folder`; the tools, and sentences on what is left out. Raises CannotBuild."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        raise CannotBuild("no C compiler (cc): without the sink nothing here is fast enough to be measured against")
    notes: list[str] = []
    sealed = (
        _compile(compiler, "sink", folder, tls=True) is None and _compile(compiler, "cput", folder, tls=True) is None
    )
    if not sealed:
        notes.append("https is left out: cc finds no OpenSSL headers (libssl-dev)")
        for name in ("sink", "cput"):
            trouble = _compile(compiler, name, folder, tls=False)
            if trouble is not None:
                raise CannotBuild(trouble)
    certificate, key = os.path.join(folder, "certificate.pem"), os.path.join(folder, "key.pem")
    if sealed and not _certify(certificate, key):
        notes.append("https is left out: there is no openssl command to make a certificate")
        sealed = False
    sink, limit = os.path.join(folder, "sink"), os.path.join(folder, "cput")
    return Tools(sink, limit, certificate if sealed else None, key if sealed else None), notes


def _compile(compiler: str, name: str, folder: str, *, tls: bool) -> str | None:
    flags = ["-DTLS"] if tls else []
    libraries = ["-lssl", "-lcrypto"] if tls else []
    source = os.path.join(HERE, "c", f"{name}.c")
    made = subprocess.run(
        [compiler, "-O2", *flags, "-o", os.path.join(folder, name), source, *libraries],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return None if made.returncode == 0 else made.stderr


def _certify(certificate: str, key: str) -> bool:
    if shutil.which("openssl") is None:
        return False
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"]
    alternative = ["-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost", "-keyout", key, "-out", certificate]
    made = subprocess.run([*command, *alternative], capture_output=True, timeout=60, check=False)
    return made.returncode == 0
