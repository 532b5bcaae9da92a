"""`scripts/moodkiosk-mpd`: one output is added to MPD's own file and nothing else; what people have set stays."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from moodkiosk.config import load
from tests.support import needs

PROJECT = Path(__file__).resolve().parents[2]
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to write as the system does")
# What Debian 12 ships in /etc/mpd.conf, without its comments.
DEBIAN = """music_directory  "/var/lib/mpd/music"
user  "mpd"
bind_to_address  "localhost"
#audio_output {
#  type  "alsa"
#}
filesystem_charset  "UTF-8"
"""


def run(*words: str | Path) -> subprocess.CompletedProcess[str]:
    command = [PROJECT / "scripts" / "moodkiosk-mpd", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """An image's tree with MPD's file and the example configuration."""
    (tmp_path / "etc" / "moodkiosk").mkdir(parents=True)
    (tmp_path / "etc" / "mpd.conf").write_text(DEBIAN, encoding="utf-8")
    (tmp_path / "etc" / "mpd.conf").chmod(0o640)
    shutil.copy(PROJECT / "config" / "moodkiosk.example.yaml", tmp_path / "etc" / "moodkiosk" / "config.yaml")
    return tmp_path


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["--wat"], "unknown option --wat"),
        (["--card"], "--card needs a value"),
        (["--card", 'x"; type "pipe'], "is no name of a card"),
        (["--root", "/mnt"], "--root needs --card"),
    ],
)
def test_a_mistake_in_the_arguments_is_one_line(words: list[str], line: str) -> None:
    done = run(*words)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert line in done.stderr


@needs_root
def test_one_output_is_added_once_and_can_be_taken_out_again(tree: Path) -> None:
    conf = tree / "etc" / "mpd.conf"
    for _ in range(2):
        done = run("--root", tree, "--card", "Headphones")
        assert (done.returncode, done.stderr) == (0, "")
        text = conf.read_text(encoding="utf-8")
        assert text.startswith(DEBIAN)
        assert text.count('device      "plughw:CARD=Headphones"') == 1
        assert 'mixer_type  "software"' in text, "the cap must hold on any card"
        assert conf.stat().st_mode & 0o777 == 0o640
    assert run("--root", tree, "--undo").returncode == 0
    assert conf.read_text(encoding="utf-8") == DEBIAN
    assert [path.name for path in (tree / "etc").iterdir() if "new" in path.name] == []


@needs_root
def test_an_output_of_somebodys_own_stays(tree: Path) -> None:
    conf = tree / "etc" / "mpd.conf"
    own = DEBIAN + 'audio_output {\n  type "pulse"\n  name "mine"\n}\n'
    conf.write_text(own, encoding="utf-8")
    done = run("--root", tree, "--card", "Headphones")
    assert (done.returncode, "has an output of its own" in done.stdout) == (0, True)
    assert conf.read_text(encoding="utf-8") == own


@needs_root
def test_a_dry_run_becomes_a_player_and_any_other_stays(tree: Path) -> None:
    config = tree / "etc" / "moodkiosk" / "config.yaml"
    example = config.read_text(encoding="utf-8")
    run("--root", tree, "--card", "Headphones")
    assert load.load(config, secrets=False).music.player == "mpd"
    changed = [line for line in config.read_text(encoding="utf-8").splitlines() if line not in example.splitlines()]
    assert len(changed) == 1
    config.write_text(example.replace("player: dry-run", "player: spotify", 1), encoding="utf-8")
    done = run("--root", tree, "--card", "Headphones")
    assert "music.player is spotify" in done.stdout
    assert "player: spotify" in config.read_text(encoding="utf-8")


@needs_root
def test_mpd_understands_what_was_written(tree: Path) -> None:
    if needs.find("mpd") is None:
        pytest.skip("needs mpd")
    run("--root", tree, "--card", "Nowhere")
    conf, folder = tree / "etc" / "mpd.conf", tree / "mpd"
    folder.mkdir()
    text = conf.read_text(encoding="utf-8").replace('"/var/lib/mpd/music"', f'"{folder}"').replace('user  "mpd"', "")
    conf.write_text(f'{text}db_file "{folder / "db"}"\npid_file "{folder / "pid"}"\nport "0"\n', encoding="utf-8")
    # It goes on to open the card only when something plays; a mistake in the file ends it at once.
    done = subprocess.run(
        ["mpd", "--stderr", "--kill", str(conf)], capture_output=True, text=True, check=False, timeout=30
    )
    assert "unrecognized" not in done.stderr
    assert "Error parsing" not in done.stderr


@needs_root
def test_without_mpd_it_says_so(tree: Path) -> None:
    (tree / "etc" / "mpd.conf").unlink()
    done = run("--root", tree, "--card", "Headphones")
    assert (done.returncode, "is mpd installed there?" in done.stderr) == (1, True)
