"""`scripts/build-deb`: mistakes are one line, and the papers in the package come from the program itself.

scripts/test-deb builds packages and tries them on a real systemd.
"""

from __future__ import annotations

import gzip
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
METADATA = "Name: {name}\nVersion: 1.0\n{licence}\n\nWhat it is.\n"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "--suite is bookworm or trixie"),
        (["--suite", "sid", "--arch", "arm64"], "--suite is bookworm or trixie"),
        (["--suite", "trixie", "--arch", "armhf"], "--arch is amd64 or arm64"),
        (["--suite"], "--suite needs a value"),
        (["--wat"], "unknown option --wat"),
    ],
)
def test_a_mistake_in_the_arguments_is_one_line(arguments: list[str], words: str) -> None:
    command: list[str | Path] = [PROJECT / "scripts/build-deb", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert words in done.stderr


def papers(tree: Path, licence: str = "License-Expression: MIT") -> subprocess.CompletedProcess[str]:
    """The papers of a package that comes with one other."""
    site = tree / "site"
    info = site / "other-1.0.dist-info"
    (info / "licenses").mkdir(parents=True)
    (info / "METADATA").write_text(METADATA.format(name="other", licence=licence), encoding="utf-8")
    (info / "licenses/LICENSE.md").write_text("Copyright somebody. Do with it what you like.\n", encoding="utf-8")
    (site / "moodkiosk_networks").mkdir()
    (site / "moodkiosk_networks/LICENSE").write_text("The terms of the networks.\n", encoding="utf-8")
    command: list[str | Path] = [sys.executable, PROJECT / "scripts/_package_papers.py", tree, site, "1.2.3", "trixie"]
    environment = os.environ | {"SOURCE_DATE_EPOCH": "1793491200"}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


def test_the_licence_of_everything_that_comes_with_it_is_there_whole(tmp_path: Path) -> None:
    assert papers(tmp_path).returncode == 0
    text = (tmp_path / "usr/share/doc/moodkiosk/copyright").read_text(encoding="utf-8")
    for words in ("other 1.0\n\nLicense: MIT\n\nCopyright somebody.", "The terms of the networks.", "Apache-2.0"):
        assert words in text


def test_what_does_not_say_its_licence_is_not_passed_on(tmp_path: Path) -> None:
    done = papers(tmp_path, licence="Summary: none")
    assert done.returncode == 1
    assert done.stderr == "other does not say under which licence it is\n"


def test_the_manual_has_every_command_and_is_what_man_understands(tmp_path: Path) -> None:
    assert papers(tmp_path).returncode == 0
    page = gzip.decompress((tmp_path / "usr/share/man/man1/moodkiosk.1.gz").read_bytes()).decode()
    assert page.startswith('.TH MOODKIOSK 1 "2026-11-01" "moodkiosk 1.2.3"')
    for name in ("doctor", "login", "model rollback"):
        assert f".SS moodkiosk {name}\n" in page
    assert ".B \\-\\-privacy\ncheck the promise" in page
    if shutil.which("groff"):
        check = ["groff", "-man", "-Tutf8", "-ww", "-z"]
        done = subprocess.run(check, input=page, capture_output=True, text=True, check=False)
        assert done.stderr == ""


def test_bash_completes_what_is_typed(tmp_path: Path) -> None:
    assert papers(tmp_path).returncode == 0
    script = 'source "$1"; COMP_WORDS=(moodkiosk camera ""); COMP_CWORD=2; _moodkiosk; echo "${COMPREPLY[@]}"'
    command: list[str | Path] = [
        "bash",
        "-c",
        script,
        "bash",
        tmp_path / "usr/share/bash-completion/completions/moodkiosk",
    ]
    offered = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert {"on", "off", "lend"} <= set(offered)
