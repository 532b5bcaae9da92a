"""From the version of commit 8069108, on MediaPipe's own runtime, to this one: what a household has stays."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.wait import until
from tests.systemd.kiosk import CONFIG, HALVES, SENSE, calibrated, configure, install, ready, settled
from tests.systemd.machine import Machine, given, unpacked

# `window_seconds` is a setting that has been replaced since, `after_seconds` one that is new.
EARLIER_CONFIG = CONFIG.replace("settle_seconds: 0.75", "window_seconds: 1.5").replace(", after_seconds: 1", "")
SIGN_IN = '{"access_token": "a", "refresh_token": "r", "expires_at": 1, "scope": "user-modify-playback-state"}'
STATE = "var/lib/moodkiosk"
CHOSEN = {"music": False, "language": "German", "artist": "Nena"}
"""What somebody has set at the kiosk."""


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """A tree in which the earlier version is installed, booted."""
    (tree,) = given("scripts/test-systemd, where the history is there", "MOODKIOSK_EARLIER_TREE")
    with unpacked(tree, tmp_path_factory.mktemp("machine")) as machine:
        configure(machine, EARLIER_CONFIG)
        machine.boot()
        yield machine


def kept(machine: Machine) -> dict[str, bytes]:
    """What no upgrade may touch: the sign-in, the neutral of a person, the models."""
    files = [path for path in (machine.root / STATE).rglob("*") if path.is_file()]
    chosen = [path for path in files if "models" in path.parts or path.name in ("neutral.json", "spotify-token.json")]
    return {str(path.relative_to(machine.root)): path.read_bytes() for path in chosen}


def test_an_upgrade_keeps_configuration_settings_sign_in_calibrations_and_models(machine: Machine) -> None:
    for unit in HALVES:
        ready(machine, unit, 180)
    earlier = (machine.root / "opt/moodkiosk/current").readlink()
    settled(machine)
    until(lambda: "Ana" in calibrated(machine), 180, "somebody to be there for five seconds")
    starter = next(
        (machine.root / "opt/moodkiosk/versions").glob("*/lib/python*/site-packages/moodkiosk/models/starter.tflite")
    )
    machine.run("moodkiosk", "model", "install", "/" + str(starter.relative_to(machine.root)))
    machine.run("moodkiosk", "recommend", "--language", "German", "--artist", "Nena", check=False)
    machine.run("moodkiosk", "music", "off")
    sign_in = machine.root / STATE / "act/spotify-token.json"
    sign_in.write_text(SIGN_IN, encoding="ascii")
    sign_in.chmod(0o600)
    machine.run("chown", "moodkiosk-act:moodkiosk", f"/{STATE}/act/{sign_in.name}")
    before = kept(machine)
    owners = {name: (machine.root / name).stat().st_uid for name in before}
    assert {"current.tflite", "neutral.json", "spotify-token.json"} <= {Path(name).name for name in before}

    machine.shut_down()
    install(machine)
    assert (machine.root / "opt/moodkiosk/current").readlink() != earlier
    assert (machine.root / "etc/moodkiosk/config.yaml").read_text(encoding="utf-8") == EARLIER_CONFIG
    machine.boot()
    for unit in HALVES:
        ready(machine, unit, 180)
    with machine.listen("moodkiosk/tree/#") as messages:
        messages.wait_for('"mood_changed"', 180)
    assert {name: kept(machine).get(name) for name in before} == before
    assert {name: (machine.root / name).stat().st_uid for name in before} == owners
    assert f"/{STATE}/sense/models/current.tflite" in machine.journal(SENSE)
    status = json.loads(machine.run("moodkiosk", "status", "--json").stdout)
    assert {name: status[name] for name in CHOSEN} == CHOSEN
    machine.run("moodkiosk", "person", "Ana")  # refused for somebody nobody knows
