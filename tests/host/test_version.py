"""The newest version on this machine: what waits for a restart."""

from __future__ import annotations

from pathlib import Path

import pytest

from moodkiosk.host.version import newest_here


def lay(folder: Path, version: str) -> Path:
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text(f'"""Words."""\n\n__version__ = "{version}"\n')
    return folder


@pytest.mark.parametrize(
    ("running", "there", "newest"),
    [
        ("0.1.0", "0.1.0", "0.1.0"),
        ("0.1.0", "0.2.0", "0.2.0"),
        ("0.9.0", "0.10.0", "0.10.0"),
        ("0.2.0", "0.1.9", "0.2.0"),
        ("0.2.0", "0.2.0.dev3", "0.2.0"),
        ("0.2.0.dev3", "0.2.0", "0.2.0"),
        ("0.2.0", "0.2.0.1", "0.2.0.1"),
    ],
)
def test_the_newest_of_what_runs_and_what_is_installed(tmp_path: Path, running: str, there: str, newest: str) -> None:
    assert newest_here(running, [lay(tmp_path / "moodkiosk", there)]) == newest


def test_an_upgrade_that_turned_the_link_is_found(tmp_path: Path) -> None:
    lay(tmp_path / "lib" / "python3.11" / "site-packages" / "moodkiosk", "0.3.0")
    assert newest_here("0.2.0", [tmp_path]) == "0.3.0"


def test_files_that_cannot_be_read_or_say_nothing_are_no_news(tmp_path: Path) -> None:
    (tmp_path / "__init__.py").write_bytes(b"\xff\xfe")
    assert newest_here("0.2.0", [tmp_path, tmp_path / "nowhere"]) == "0.2.0"
