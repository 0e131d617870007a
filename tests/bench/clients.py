"""The clients: each turns a job into a command. A peer that is not installed is left out."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass

from tests.bench.samples import Samples

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
HERE = os.path.dirname(os.path.abspath(__file__))
PUSH, PATH, LIMIT, CURL, RCLONE = "push", "PUT path", "C limit", "curl", "rclone"
NO_JOURNAL = "push, no journal"
NODE, PYTHON_SDK, HTTPX = "cos-nodejs", "cos-python", "httpx"
_EVERYTHING = 1 << 50


@dataclass(frozen=True, slots=True)
class Job:
    """One run to make. `port` is the sink's, `gateway` the gateway's; `parallel` None is automatic (ours alone)."""

    samples: Samples
    scheme: str
    port: int
    gateway: int
    parallel: int | None
    authority: str | None
    folder: str

    @property
    def in_flight(self) -> int:
        """What the others do at once where ours finds it by itself."""
        return self.parallel or 128

    @property
    def base(self) -> str:
        """Address of the sink."""
        return f"{self.scheme}://127.0.0.1:{self.port}"


@dataclass(frozen=True, slots=True)
class Client:
    """A client, and how much of a scenario it gets: slow ones get less, for what counts is a rate.

    Those that no target names run `once`, in the first round.
    """

    name: str
    command: Callable[[Job], list[str]]
    most_objects: int = _EVERYTHING
    most_bytes: int = _EVERYTHING
    once: bool = False


def installed(limit: str, sdk: str | None) -> list[Client]:
    """Ours, the limit, and the peers of this machine. `sdk` is a folder with cos-nodejs-sdk-v5, or None."""
    clients = [
        Client(PUSH, _push),
        Client(NO_JOURNAL, _push_without_journal),
        Client(PATH, lambda job: _drive("put", job)),
        Client(LIMIT, lambda job: _limit(limit, job)),
        Client(HTTPX, lambda job: _drive("httpx", job), 300, 1 << 30, once=True),
        Client(PYTHON_SDK, lambda job: _drive("cos", job), 1000, 1 << 30),
    ]
    if shutil.which("curl"):
        clients.append(Client(CURL, _curl))
    if shutil.which("rclone"):
        clients.append(Client(RCLONE, _rclone, most_bytes=1 << 30))
    if shutil.which("s5cmd"):
        clients.append(Client("s5cmd", _s5cmd, 4000, 1 << 30, once=True))
    if shutil.which("s3cmd"):
        clients.append(Client("s3cmd", _s3cmd, 200, 1 << 29, once=True))
    if sdk is not None:
        clients.append(Client(NODE, lambda job: _node(sdk, job), 2000, 1 << 30))
    return clients


def install_sdk(folder: str) -> str | None:
    """cos-nodejs-sdk-v5 by npm into `folder`; where it is, or None."""
    if not shutil.which("node") or not shutil.which("npm"):
        return None
    command = ["npm", "install", "--silent", "--no-audit", "--no-fund", "cos-nodejs-sdk-v5"]
    try:
        subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=180)
    except (subprocess.SubprocessError, OSError):
        return None
    return os.path.join(folder, "node_modules", "cos-nodejs-sdk-v5")


def environment(job: Job) -> dict[str, str]:
    """What every client sees: an empty home, a token, the certificate, and invented keys."""
    values = {
        "PATH": os.environ["PATH"],
        "HOME": job.folder,
        "LANG": "C.UTF-8",
        "PYTHONPATH": TOP,
        "TUI_UPLOADER_CONFIG_DIR": job.folder,
        "TUI_UPLOADER_TOKEN_FILE": os.path.join(job.folder, "token"),
        "TUI_UPLOADER_GATEWAY": f"http://127.0.0.1:{job.gateway}",
        "TUI_UPLOADER_ENV_ID": "bench",
        "AWS_ACCESS_KEY_ID": "x",
        "AWS_SECRET_ACCESS_KEY": "y",
        "AWS_REGION": "us-east-1",
    }
    if job.authority is not None:
        values |= {
            "TUI_UPLOADER_CA_FILE": job.authority,
            "SSL_CERT_FILE": job.authority,
            "NODE_EXTRA_CA_CERTS": job.authority,
        }
    return values


def _push(job: Job) -> list[str]:
    parallel = "auto" if job.parallel is None else str(job.parallel)
    options = ["--quiet", "--parallel", parallel]
    return [sys.executable, "-m", "tui_uploader", "push", *options, job.samples.folder + "/"]


def _push_without_journal(job: Job) -> list[str]:
    """The same with the log alone: where the journal's folder would be lies a file."""
    state = os.path.join(job.folder, "no-journal")
    os.makedirs(state, mode=0o700, exist_ok=True)
    with open(os.path.join(state, "bench"), "wb"):
        return [*_push(job), "--state-dir", state]


def _drive(mode: str, job: Job) -> list[str]:
    return [sys.executable, "-m", "tests.bench.drive", mode, _job_file(job)]


def _node(sdk: str, job: Job) -> list[str]:
    return ["node", os.path.join(HERE, "drive_node.cjs"), _job_file(job), sdk]


def _job_file(job: Job) -> str:
    path = os.path.join(job.folder, "job.json")
    files = [(file.path, file.key, file.size, file.crc) for file in job.samples.files]
    with open(path, "w", encoding="utf-8") as out:
        json.dump({"base": job.base, "ca": job.authority, "parallel": job.in_flight, "files": files}, out)
    return path


def _lines(job: Job, name: str, lines: list[str]) -> str:
    path = os.path.join(job.folder, name)
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(line + "\n" for line in lines)
    return path


def _limit(binary: str, job: Job) -> list[str]:
    entries = _lines(job, "list", [f"{file.path}\t/b/{file.crc}/{file.key}" for file in job.samples.files])
    return [binary, str(job.port), str(job.in_flight), entries, *(["tls"] if job.scheme == "https" else [])]


def _curl(job: Job) -> list[str]:
    lines: list[str] = []
    for file in job.samples.files:
        lines += [f'upload-file = "{file.path}"', f'url = "{job.base}/b/{file.crc}/{file.key}"', 'output = "/dev/null"']
    options = ["--silent", "--show-error", "--fail", "--parallel", "--parallel-max", str(job.in_flight)]
    trust = ["--cacert", job.authority] if job.authority is not None else []
    return ["curl", *options, *trust, "--config", _lines(job, "curl.txt", lines)]


def _rclone(job: Job) -> list[str]:
    at_once = str(job.in_flight)
    trust = ["--ca-cert", job.authority] if job.authority is not None else []
    backend = ["--s3-provider", "Other", "--s3-endpoint", job.base, "--s3-access-key-id", "x"]
    backend += ["--s3-secret-access-key", "y", "--s3-region", "us-east-1", "--s3-no-check-bucket", "--s3-no-head"]
    backend += ["--s3-upload-cutoff", "5G", "--retries", "1", "--config", "/dev/null", "--log-level", "ERROR"]
    work = ["--transfers", at_once, "--checkers", at_once]
    return ["rclone", "copy", *backend, *trust, *work, job.samples.folder, ":s3:b/0"]


def _s5cmd(job: Job) -> list[str]:
    options = ["--endpoint-url", job.base, "--numworkers", str(job.in_flight), "--retry-count", "0", "--log", "error"]
    trust = ["--no-verify-ssl"] if job.scheme == "https" else []
    copy = ["cp", "--concurrency", "1", "--part-size", "5000"]
    return ["s5cmd", *options, *trust, *copy, job.samples.folder + "/", "s3://b/0/"]


def _s3cmd(job: Job) -> list[str]:
    host = f"127.0.0.1:{job.port}"
    trust = ["--ssl", "--ca-certs", job.authority] if job.authority is not None else ["--no-ssl"]
    access = ["--access_key=x", "--secret_key=y", "--region=us-east-1", f"--host={host}", f"--host-bucket={host}"]
    rest = ["--disable-multipart", "--no-progress", "--quiet", "--recursive"]
    return ["s3cmd", "-c", "/dev/null", *access, *trust, *rest, "put", job.samples.folder + "/", "s3://b/0/"]
