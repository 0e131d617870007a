"""Row 47: a link that leads to a stranger leaves a note: the report of the job and the log file name code and host."""

import json
import subprocess
import sys

from tests.faults.ground import Ground
from tests.faults.table import AFFECTED, rows
from tests.faults.test_gateway import spoil


@rows(47)
def test_a_link_of_a_stranger_is_in_the_report_of_its_job_and_in_the_log(ground: Ground) -> None:
    ground.fill(4)
    cloud = ground.raw(shape=spoil(uploadUrl=f"https://evil.example/{AFFECTED}"))
    ended = ground.command("--patience", "0")
    assert (ended.stop, ended.failed[AFFECTED]) == ("FOREIGN_URL", "FOREIGN_URL")
    command = [sys.executable, "-m", "tui_uploader", "report", "--env-id", cloud.env_id]
    report = subprocess.run(command, env=ground.environment(), capture_output=True, timeout=30, check=True, text=True)
    (line,) = (line for line in report.stdout.splitlines() if AFFECTED in line)
    assert line.startswith("failed ")
    assert "FOREIGN_URL" in line
    assert "(evil.example)" in line
    log = [json.loads(line) for line in (ground.state / "log.jsonl").read_text().splitlines()]
    for event in ("ItemFailed", "RunStopped"):
        (noted,) = (entry["failure"] for entry in log if entry["event"] == event)
        assert (noted["code"], noted["detail"]) == ("FOREIGN_URL", "evil.example")
    assert cloud.puts[AFFECTED] == 0
