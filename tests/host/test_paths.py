"""Where sockets and state are, in whatever environment."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from moodkiosk.config.settings import PathSettings
from moodkiosk.host import paths


@pytest.mark.parametrize("home", [None, "elsewhere"])
def test_a_user_without_a_home_has_state_all_the_same(home: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "XDG_STATE_HOME", "STATE_DIRECTORY", "USERPROFILE"):
        monkeypatch.delenv(name, raising=False)
    if home is not None:
        monkeypatch.setenv("HOME", home)
    monkeypatch.setattr(os, "getuid", lambda: 2**31 - 5)  # nobody's number
    found = paths.state_dir(PathSettings(), "act")
    assert found == Path(tempfile.gettempdir(), f"moodkiosk-{2**31 - 5}", ".local", "state", "moodkiosk", "act")


def test_a_folder_of_the_users_that_is_not_whole_counts_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STATE_DIRECTORY", raising=False)
    monkeypatch.setenv("HOME", "/home/anna")
    for odd in ("state", "", "./x", "~"):
        monkeypatch.setenv("XDG_STATE_HOME", odd)
        monkeypatch.setenv("XDG_RUNTIME_DIR", odd)
        assert paths.state_dir(PathSettings(), "act") == Path("/home/anna/.local/state/moodkiosk/act")
        assert paths.runtime_dir(PathSettings()) == Path(tempfile.gettempdir(), f"moodkiosk-{os.getuid()}")
    monkeypatch.setenv("XDG_STATE_HOME", "/var/x")
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/run/x")
    assert paths.state_dir(PathSettings(), "act") == Path("/var/x/moodkiosk/act")
    assert paths.runtime_dir(PathSettings()) == Path("/run/x/moodkiosk")


@pytest.mark.parametrize("whose", ["a link", "a file", "writable by others", "another user's"])
def test_a_temporary_folder_that_somebody_else_made_is_not_used(
    whose: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    folder = tmp_path / f"moodkiosk-{os.getuid()}"
    assert paths.runtime_dir(PathSettings()) == folder
    paths.make_private(folder)
    assert paths.runtime_dir(PathSettings()) == folder
    match whose:
        case "a link":
            folder.rename(tmp_path / "theirs")
            folder.symlink_to(tmp_path / "theirs")
        case "a file":
            folder.rmdir()
            folder.touch()
        case "writable by others":
            folder.chmod(0o770)
        case _:
            folder.rename(tmp_path / f"moodkiosk-{os.getuid() + 1}")
            other = os.getuid() + 1
            monkeypatch.setattr(os, "getuid", lambda: other)
    with pytest.raises(paths.NotPrivateError, match=str(tmp_path)):
        paths.runtime_dir(PathSettings())
    assert paths.runtime_dir(PathSettings(runtime="/run/x")) == Path("/run/x")
