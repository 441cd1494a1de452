"""What README says of requests can be typed: commands, cron, systemd, PowerShell."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

from scanner.cli import main

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
TYPED = re.findall(r"\befface(?:\.exe)? (requests [a-z][^\n`]*)", README)
SCHEDULED = [*TYPED, *re.findall(r"-Argument \"(requests [^\"]*)\"", README)]


@pytest.mark.parametrize("command", SCHEDULED)
def test_the_command_lines_in_the_readme_can_be_given(command, monkeypatch):
    monkeypatch.setenv("EFFACE_DB", "sqlite:///x.sqlite")
    name, word, *words = shlex.split(re.split(r" +(?:#|&&)|  ", command)[0])
    group = main.get_command(click.Context(main), name)
    assert isinstance(group, click.Group)
    context = group.commands[word].make_context(word, words, auto_envvar_prefix="EFFACE")
    context.close()


def test_the_readme_shows_every_scheduler():
    assert len([c for c in SCHEDULED if c.endswith("--as efface --commit")]) == 5
    assert re.search(r"0 3 \* \* \* .* efface requests run", README)


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
def test_systemd_takes_the_units_in_the_readme(tmp_path):
    units = re.findall(r"(?:^    (?:\[|\w+=).*\n|^\n(?=    \[))+", README, re.MULTILINE)
    both = next(u for u in units if "efface requests run" in u and "[Timer]" in u)
    service, timer = re.split(r"\n(?=    \[Unit\]\n    Description=.* every night)", both)
    service = service.replace("/usr/local/bin/efface", sys.executable)
    service = service.replace("User=efface", "User=root")
    for name, unit in (("efface-requests.service", service), ("efface-requests.timer", timer)):
        (tmp_path / name).write_text(re.sub(r"^ +", "", unit, flags=re.MULTILINE))
    (tmp_path / "status-mail@.service").write_text("[Service]\nExecStart=/bin/true\n")
    done = subprocess.run(
        ["systemd-analyze", "verify", *tmp_path.glob("efface-requests.*")],
        capture_output=True, text=True, check=False,
        env={**os.environ, "SYSTEMD_UNIT_PATH": f"{tmp_path}:"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "efface-requests" not in done.stderr, done.stderr
