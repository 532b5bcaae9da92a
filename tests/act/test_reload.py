"""Configured is not running: what stands in the file and does not hold yet is said, and `reload` takes what it can."""

from __future__ import annotations

import os
import signal
import socket
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from moodkiosk.act.players.dryrun import DryRun
from moodkiosk.act.players.exchange import Exchange
from moodkiosk.config import changes, load
from moodkiosk.config.running import Configuration
from moodkiosk.config.settings import Config
from moodkiosk.link import protocol
from moodkiosk.moods.decision import Decision
from moodkiosk.moods.report import PlayerReport
from moodkiosk.operate import status
from moodkiosk.operate.doctor import running
from moodkiosk.words.language import translated
from moodkiosk.words.reason import heard_all
from tests.support.kiosk import Kiosk
from tests.support.sense_lines import hello
from tests.support.wait import until

NEWER = 2_000_000_000


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.yaml"


def write(file: Path, text: str) -> None:
    """Writes the file, so that it is seen to be another one whatever the clock's grain."""
    file.write_text(text, encoding="utf-8")
    seconds = NEWER + len(text)
    os.utime(file, (seconds, seconds))


def begun(file: Path, text: str) -> Configuration:
    write(file, text)
    return Configuration(load.load(file), file, load.load)


class TestPending:
    def test_nothing_is_pending_while_the_file_is_as_it_was(self, file: Path) -> None:
        found = begun(file, "music: {player: mqtt}\n")
        assert found.pending(changes.digest(found.running)) == []
        assert found.pending(None) == []
        assert Configuration(Config(), None, load.load).pending(None) == [], "there is no file"

    def test_what_was_changed_is_said_with_what_takes_it(self, file: Path) -> None:
        found = begun(file, "music: {player: dry-run}\n")
        write(file, "music: {player: mqtt, volume_percent_max: 30}\nweb: {port: 9000}\ncamera: {rotate: 180}\n")
        assert found.pending(changes.digest(found.running)) == [
            "still in dry run; music.player, music.volume_percent_max changed in the file: 'moodkiosk reload' takes it",
            "camera.rotate changed in the file: 'systemctl restart moodkiosk-sense'",
            "web.port changed in the file: 'systemctl restart moodkiosk-act'",
        ]

    def test_it_is_said_in_the_readers_language(self, file: Path) -> None:
        found = begun(file, "music: {player: dry-run}\n")
        write(file, "music: {player: mqtt}\nweb: {port: 9000}\n")
        assert [translated(line, "de") for line in found.pending(None)] == [
            "noch im Probelauf; music.player in der Datei geändert: 'moodkiosk reload' übernimmt es",
            "web.port in der Datei geändert: 'systemctl restart moodkiosk-act'",
        ]
        assert translated(found.take()[1], "de") == (
            "übernommen: music.player; für web.port braucht es 'systemctl restart moodkiosk-act'"
        )
        write(file, "music: {playr: mqtt}\n")
        (line,) = found.pending(None)
        assert translated(line, "de").startswith("die Konfiguration kann nicht übernommen werden: ")

    def test_a_mistake_in_the_file_is_said_before_a_restart_would_find_it(self, file: Path) -> None:
        found = begun(file, "music: {player: dry-run}\n")
        write(file, "music: {playr: spotify}\n")
        (line,) = found.pending(None)
        assert "the configuration cannot be taken: " in line
        assert "playr" in line
        file.unlink()
        assert "No such file" in found.pending(None)[0]

    def test_the_half_that_sees_may_have_read_another_file_than_we_did(self, file: Path) -> None:
        found = begun(file, "camera: {rotate: 180}\n")
        (line,) = found.pending(changes.digest(Config()))
        assert line.endswith("changed in the file: 'systemctl restart moodkiosk-sense'")

    def test_a_file_that_stays_as_it_is_is_read_once(self, file: Path) -> None:
        write(file, "music: {player: mqtt}\n")
        read: list[Path] = []

        def count(path: Path) -> Config:
            read.append(path)
            return load.load(path)

        found = Configuration(Config(), file, count)
        for _ in range(5):
            found.pending(None)
        assert len(read) == 1


class TestTake:
    def test_what_can_be_taken_holds_and_the_rest_is_said(self, file: Path) -> None:
        found = begun(file, "music: {player: dry-run}\n")
        write(file, "music: {player: mqtt}\nmqtt: {port: 1884}\n")
        before, text = found.take()
        assert (before.music.player, found.running.music.player, found.running.mqtt.port) == ("dry-run", "mqtt", 1883)
        assert text == "taken: music.player; mqtt.port needs 'systemctl restart moodkiosk-act'"
        assert found.take()[1] == "mqtt.port needs 'systemctl restart moodkiosk-act'"

    def test_a_file_with_a_mistake_changes_nothing(self, file: Path) -> None:
        found = begun(file, "music: {player: mqtt}\n")
        write(file, "music: {player: spotify}\n")
        with pytest.raises(load.ConfigError, match=r"needs spotify\.client_id"):
            found.take()
        assert found.running.music.player == "mqtt"


def test_another_player_takes_over_when_the_one_at_work_has_done() -> None:
    """Both keep what must not be forgotten in the same file."""
    order: list[str] = []
    exchange: Exchange

    class Slow(DryRun):
        def play(self, decision: Decision, superseded: Any) -> PlayerReport:
            exchange.change(lambda: order.append("made") or DryRun(lambda: 2.0))  # type: ignore[func-returns-value]
            order.append("done")
            return super().play(decision, superseded)

    exchange = Exchange(Slow(lambda: 1.0))
    report = exchange.play(Decision("pause", 0.0, "a test"), lambda: False)
    assert report is not None
    assert (report.at, order) == (1.0, ["done", "made"])
    report = exchange.play(Decision("pause", 0.0, "a test"), lambda: False)
    assert report is not None
    assert report.at == 2.0


def test_a_kiosk_that_runs_says_so_and_takes_it(tmp_path: Path) -> None:
    """As somebody does who follows the papers: edits the file, asks, reloads; a mistake changes nothing."""
    with Kiosk(tmp_path, None, {"web": {"enabled": False}}) as kiosk, socket.socket(socket.AF_UNIX) as sense:
        act = kiosk.start("act", for_people=True)
        until(lambda: kiosk.answers("status"), 30, "act")
        sense.connect(str(tmp_path / "run" / "link.sock"))
        read = load.load(kiosk.config, secrets=False)
        said = hello("happy", "sad", settings=changes.digest(read))
        sense.sendall(protocol.encode(said))

        def status_now() -> dict[str, Any]:
            found: Any = kiosk.ask("status").data
            return dict(found)

        until(lambda: status_now()["labels"] == ["happy", "sad"], 30, "sense")
        assert status_now()["pending"] == []
        assert running.taken(read).outcome == "ok"

        plain = yaml.safe_load(kiosk.config.read_text(encoding="utf-8"))
        plain["music"] |= {"player": "mqtt", "volume_percent_max": 33}
        kiosk.config.write_text(yaml.safe_dump(plain), encoding="utf-8")
        (line,) = status_now()["pending"]
        assert line.startswith("still in dry run; music.player, music.volume_percent_max changed in the file")
        assert f"Not taken yet: {line}" in status.readable(status_now(), datetime.now().astimezone())
        german = translated(heard_all(status_now(), "pending")[0], "de")
        assert german.startswith("noch im Probelauf; music.player, music.volume_percent_max in der Datei geändert: ")
        assert german in status.readable(status_now(), datetime.now().astimezone(), "de")
        found = running.taken(load.load(kiosk.config, secrets=False))
        assert (found.outcome, found.advice) == ("failed", "'moodkiosk reload' takes it")

        sense.close()
        kiosk.config.write_text("music: {playr: x}\n", encoding="utf-8")
        refused = kiosk.ask("reload")
        assert str(refused.error).startswith("the configuration is not taken: ")
        assert translated(str(refused.error), "de").startswith("die Konfiguration wird nicht übernommen: ")
        act.send(signal.SIGHUP)
        until(lambda: any("reload: the configuration is not taken" in line for line in act.log), 30, "the signal")
        assert status_now()["volume_cap"] == 60

        kiosk.config.write_text(yaml.safe_dump(plain), encoding="utf-8")
        act.send(signal.SIGHUP)
        until(lambda: status_now()["volume_cap"] == 33, 30, "the file to be taken")
        assert status_now()["pending"] == []
        assert "dry run" not in status_now()["player"]
