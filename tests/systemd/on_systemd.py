"""What the units promise, on a real systemd in a small Debian, with the drawn actor as camera and a real broker.

One machine for all; the tests leave it as they found it, and the last one removes the kiosk. Not enforced in a
container, and so not shown here: MemoryMax, DeviceAllow, IPAddressDeny.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import threading
from collections.abc import Iterator

import pytest

from tests.support.wait import until
from tests.systemd.kiosk import (
    ACT,
    CHECKOUT,
    CONFIG,
    HALVES,
    OF_THE_SYSTEM,
    PROJECT,
    SENSE,
    calibrated,
    comes_back,
    configure,
    findings,
    has_failed,
    install_from_a_checkout_in_it,
    listing,
    ready,
    settled,
)
from tests.systemd.machine import Machine, given, unpacked

QUICK = "[Service]\nWatchdogSec=8\nRestartSec=1\n"
"""So that nobody has to wait a minute for the watchdog; nothing else differs from what is installed."""


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """A fresh tree with the kiosk installed into it from outside, booted."""
    (tree,) = given("scripts/test-systemd", "MOODKIOSK_TREE")
    with unpacked(tree, tmp_path_factory.mktemp("machine")) as machine:
        before = listing(machine)
        install_from_a_checkout_in_it(machine)
        configure(machine)
        for unit in HALVES:
            folder = machine.root / "etc/systemd/system" / f"{unit}.d"
            folder.mkdir()
            (folder / "quick.conf").write_text(QUICK, encoding="ascii")
        (machine.root / "before").write_text(before, encoding="utf-8")
        machine.boot()
        yield machine


def upgrade(machine: Machine, *arguments: str) -> subprocess.CompletedProcess[str]:
    return machine.run(f"/{CHECKOUT}/scripts/install-pi", *arguments, check=False, seconds=300)


def test_both_halves_become_ready_and_a_mood_arrives_at_the_broker(machine: Machine) -> None:
    ready(machine, ACT)
    ready(machine, SENSE)
    with machine.listen("moodkiosk/tree/#") as messages:
        assert messages.wait_for("availability") == "moodkiosk/tree/availability online"
        messages.wait_for('"mood_changed"')
    assert machine.run("systemctl", "is-active", "moodkiosk.target").stdout.strip() == "active"


def test_the_status_is_a_line_that_a_person_understands(machine: Machine) -> None:
    settled(machine)
    until(lambda: "mood happy" in machine.show(ACT, "StatusText"), 60)
    assert machine.show(SENSE, "StatusText").startswith("camera on")


def test_the_command_line_is_for_members_of_the_group(machine: Machine) -> None:
    settled(machine)
    assert '"camera_status":' in machine.run("moodkiosk", "status", "--json").stdout
    outsider = machine.run("setpriv", "--reuid=nobody", "--clear-groups", "moodkiosk", "status", check=False)
    assert outsider.returncode == 1
    assert outsider.stderr.count("\n") == 1


def test_what_sees_has_no_network_and_what_talks_has_one(machine: Machine) -> None:
    """The same attempt from inside both sandboxes: the unit files as installed, with another program in them."""
    attempt = "import socket; socket.create_connection(('127.0.0.1', 1883), 5).close()"
    outcomes = {unit: probe(machine, unit, attempt) for unit in HALVES}
    assert outcomes[ACT] == "0"
    assert outcomes[SENSE] == "1"


def test_not_even_a_socket_of_another_family_can_be_made_by_what_sees(machine: Machine) -> None:
    for family in ("AF_INET", "AF_INET6", "AF_NETLINK", "AF_PACKET"):
        script = f"import socket, errno, sys\ntry: socket.socket(socket.{family}, socket.SOCK_RAW)\n"
        script += "except OSError as error: sys.exit(0 if error.errno == errno.EAFNOSUPPORT else 3)\nsys.exit(4)"
        assert probe(machine, SENSE, script) == "0", family
    script = "import socket; s = socket.socket(socket.AF_UNIX); s.connect('/run/moodkiosk/link.sock')"
    assert probe(machine, SENSE, script) == "0"


WRITABLE = """
import os, sys
found = set()
for folder, below, _ in os.walk("/"):
    if folder in ("/proc", "/sys", os.environ["STATE_DIRECTORY"]):
        below.clear()
    elif os.access(folder, os.W_OK):
        found.add(folder)
print("writable:", *sorted(found))
open(os.environ["STATE_DIRECTORY"] + "/probe", "w").close()
os.unlink(os.environ["STATE_DIRECTORY"] + "/probe")
sys.exit(bool(found - set(sys.argv[1:])))
"""


def test_what_sees_can_write_to_its_own_folder_only_and_what_talks_to_nothing_of_what_sees(machine: Machine) -> None:
    """Every folder there is, asked from inside the sandboxes."""
    assert probe(machine, SENSE, WRITABLE) == "0", machine.journal("probe.service")
    passing = ("/tmp", "/var/tmp", "/dev/shm", "/dev/mqueue", "/run/lock", "/run/moodkiosk")
    assert probe(machine, ACT, WRITABLE, *passing) == "0", machine.journal("probe.service")


def test_of_a_camera_that_is_there_sense_has_the_use_and_act_not_even_the_sight(machine: Machine) -> None:
    """A device that looks like one (it is /dev/zero), for the group video as udev makes them."""
    machine.run("mknod", "--mode=660", "/dev/video0", "c", "1", "5")
    machine.run("chgrp", "video", "/dev/video0")
    try:
        use = "open('/dev/video0', 'rb').read(1)"
        assert (probe(machine, SENSE, use), probe(machine, ACT, use)) == ("0", "1")
        sight = "import os, sys; sys.exit(os.path.exists('/dev/video0'))"
        assert (probe(machine, SENSE, sight), probe(machine, ACT, sight)) == ("1", "0")
    finally:
        machine.run("rm", "/dev/video0")


def test_the_limits_are_in_force(machine: Machine) -> None:
    limits = ("MemoryMax", "TasksMax", "Nice", "CPUWeight", "LimitCORE")
    assert [machine.show(SENSE, limit) for limit in limits] == [str(400 << 20), "64", "5", "50", "0"]
    assert [machine.show(ACT, limit) for limit in limits] == [str(250 << 20), "64", "0", "200", "0"]


def probe(machine: Machine, unit: str, script: str, *arguments: str) -> str:
    """The exit code of a Python program in the sandbox of a unit."""
    name = "probe.service"
    installed = (machine.root / "etc/systemd/system" / unit).read_text(encoding="utf-8")
    (machine.root / "root/probe.py").write_text(script, encoding="utf-8")
    machine.run("install", "-m", "644", "/root/probe.py", "/usr/local/probe.py")
    left_out = ("ExecStart", "Type=", "Restart", "Watchdog")
    lines = [line for line in installed.splitlines() if not line.startswith(left_out)]
    words = " ".join(("/opt/moodkiosk/current/bin/python -I /usr/local/probe.py", *arguments))
    index = lines.index("[Service]") + 1
    lines[index:index] = ["Type=oneshot", f"ExecStart={words}", "RuntimeDirectoryPreserve=yes"]
    (machine.root / "etc/systemd/system" / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    machine.run("systemctl", "daemon-reload")
    machine.run("systemctl", "start", name, check=False)
    code = machine.show(name, "ExecMainStatus")
    machine.run("systemctl", "reset-failed", name, check=False)
    machine.run("rm", f"/etc/systemd/system/{name}", "/usr/local/probe.py")
    return code


def test_a_half_that_is_killed_comes_back_and_the_other_lives_on(machine: Machine) -> None:
    settled(machine)
    for killed, other in ((SENSE, ACT), (ACT, SENSE)):
        before = machine.show(killed, "MainPID"), machine.show(other, "MainPID")
        machine.kill(killed, "KILL")
        comes_back(machine, killed, before[0])
        settled(machine)
        assert machine.show(other, "MainPID") == before[1]


def test_a_sense_that_hangs_is_ended_by_the_watchdog_and_act_says_that_the_camera_is_lost(machine: Machine) -> None:
    settled(machine)
    with machine.listen("moodkiosk/tree/event") as events:
        before = machine.show(SENSE, "MainPID")
        machine.kill(SENSE, "STOP")
        events.wait_for('"camera_lost"', 90)
        events.wait_for('"camera_back"', 90)
    assert machine.show(SENSE, "MainPID") != before
    assert "Watchdog timeout" in machine.run("journalctl", "-b", "--no-pager", "-u", SENSE).stdout


def test_an_act_that_hangs_is_ended_by_the_watchdog_too(machine: Machine) -> None:
    settled(machine)
    before = machine.show(ACT, "MainPID")
    machine.kill(ACT, "STOP")
    comes_back(machine, ACT, before)
    settled(machine)
    assert "Watchdog timeout" in machine.run("journalctl", "-b", "--no-pager", "-u", ACT).stdout


def test_each_half_lives_on_without_the_other(machine: Machine) -> None:
    settled(machine)
    machine.run("systemctl", "stop", SENSE)
    until(lambda: "the half that sees is not running" in machine.show(ACT, "StatusText"), 30)
    machine.run("systemctl", "stop", ACT)
    machine.run("systemctl", "start", SENSE)  # ends when it is ready
    assert machine.show(SENSE, "StatusText").startswith("camera on")
    machine.run("systemctl", "start", ACT)
    settled(machine)


def test_a_half_that_fails_again_and_again_is_started_less_and_less_often(machine: Machine) -> None:
    machine.run("systemctl", "restart", SENSE)  # it was ready, but not for long
    drop_in = machine.root / "etc/systemd/system" / f"{SENSE}.d" / "failing.conf"
    drop_in.write_text("[Service]\nExecStart=\nExecStart=/bin/false\n", encoding="ascii")
    try:
        machine.run("systemctl", "daemon-reload")
        machine.run("systemctl", "restart", SENSE, check=False)
        until(lambda: "has failed 5 times: waiting 10 s" in machine.journal(SENSE), 60, "it to wait")
        assert "has failed 4 times: waiting 5 s" in machine.journal(SENSE)
        assert "has failed 3 times" not in machine.journal(SENSE)
    finally:
        drop_in.unlink()
        machine.run("systemctl", "daemon-reload")
    machine.run("systemctl", "restart", SENSE)  # by hand: at once, and counted anew
    assert machine.show(SENSE, "NRestarts") == "0"
    settled(machine)


def test_booted_without_a_broker_the_kiosk_starts_and_finds_it_later(machine: Machine) -> None:
    settled(machine)
    machine.run("systemctl", "mask", "--quiet", "mosquitto")
    machine.shut_down()
    machine.boot()
    try:
        settled(machine)
        assert machine.show("mosquitto", "ActiveState") == "inactive"
        assert "broker not reachable" in journal_from(machine, ACT, "warning")
    finally:
        machine.run("systemctl", "unmask", "--quiet", "mosquitto")
        machine.run("systemctl", "start", "mosquitto")
    with machine.listen("moodkiosk/tree/availability") as messages:
        messages.wait_for("online", 90)


def test_lines_in_the_journal_have_priorities(machine: Machine) -> None:
    """What went wrong is found by `journalctl -p warning`, without what merely happened."""
    settled(machine)
    until(lambda: "mood      " in machine.journal(ACT), 60, "a mood")
    assert "mood      " not in journal_from(machine, ACT, "warning")
    assert "camera on" in machine.journal(SENSE)
    assert "camera on" not in journal_from(machine, SENSE, "warning")


def journal_from(machine: Machine, unit: str, priority: str) -> str:
    """What a unit has logged since boot, of this priority and worse."""
    return machine.run("journalctl", "-b", "-o", "cat", "--no-pager", "-p", priority, "-u", unit).stdout


def test_a_mistake_in_the_configuration_ends_it_once_with_one_line(machine: Machine) -> None:
    settled(machine)
    configure(machine, CONFIG + "musik: {}\n")
    try:
        for unit in HALVES:
            machine.run("systemctl", "restart", unit, check=False)
            has_failed(machine, unit)
            assert machine.show(unit, "ExecMainStatus") == "2"
            assert machine.show(unit, "NRestarts") == "0"
            assert "/etc/moodkiosk/config.yaml:7: musik: unknown key; did you mean 'music'?" in machine.journal(unit)
    finally:
        configure(machine)
        machine.run("systemctl", "restart", ACT, SENSE)


def test_a_changed_configuration_is_taken_by_systemctl_reload_and_one_with_a_mistake_changes_nothing(
    machine: Machine,
) -> None:
    settled(machine)
    running = [machine.show(unit, "MainPID") for unit in HALVES]
    try:
        configure(machine, CONFIG.replace("min_minutes", "volume_percent_max: 31, min_minutes"))
        assert "music.volume_percent_max changed in the file" in machine.run("moodkiosk", "status").stdout
        machine.run("systemctl", "reload", ACT, SENSE)
        status = json.loads(machine.run("moodkiosk", "status", "--json").stdout)
        assert (status["pending"], status["volume_cap"]) == ([], 31)
        configure(machine, CONFIG + "musik: {}\n")
        assert machine.run("systemctl", "reload", ACT, check=False).returncode != 0
        assert "musik: unknown key; did you mean 'music'?" in machine.journal(ACT)
    finally:
        configure(machine)
        machine.run("systemctl", "reload", ACT, check=False)
    assert [machine.show(unit, "MainPID") for unit in HALVES] == running
    settled(machine)


def test_without_a_camera_the_kiosk_becomes_ready_and_says_what_is_missing(machine: Machine) -> None:
    settled(machine)
    with camera(machine, "{source: rpicam}"):
        machine.run("systemctl", "restart", SENSE)  # ends when it is ready
        until(lambda: "camera lost: there is no program rpicam-vid" in machine.show(ACT, "StatusText"), 30)
        assert machine.show(SENSE, "ActiveState") == "active"


def test_a_url_as_camera_is_refused_unless_the_documented_drop_in_allows_it_and_then_doctor_says_so(
    machine: Machine,
) -> None:
    settled(machine)
    folder = machine.root / "etc/systemd/system" / f"{SENSE}.d"
    with camera(machine, "{source: 'http://127.0.0.1:9/', allow_network: true}"):
        machine.run("systemctl", "restart", SENSE, check=False)
        has_failed(machine, SENSE)
        assert machine.show(SENSE, "ExecMainStatus") == "2"
        assert "this service has no network" in machine.journal(SENSE)

        shutil.copy(PROJECT / "systemd/optional/network-camera.conf", folder)
        try:
            machine.run("systemctl", "daemon-reload")
            machine.run("systemctl", "restart", SENSE)
            until(lambda: "http://127.0.0.1:9 cannot be opened" in machine.show(ACT, "StatusText"), 30)
            done = machine.run("moodkiosk", "doctor", "--privacy", check=False)
            assert done.returncode == 1
            assert "the promise is NOT kept" in done.stdout
            assert "found a way out" in done.stdout
        finally:
            (folder / "network-camera.conf").unlink()
            machine.run("systemctl", "daemon-reload")


@contextlib.contextmanager
def camera(machine: Machine, settings: str) -> Iterator[None]:
    """Another camera for a while."""
    actor = "{source: actor, width: 320, height: 240}"
    assert actor in CONFIG
    configure(machine, CONFIG.replace(actor, settings))
    try:
        yield
    finally:
        configure(machine)
        machine.run("systemctl", "restart", SENSE)


def test_either_half_may_start_first(machine: Machine) -> None:
    machine.run("systemctl", "stop", ACT, SENSE)
    machine.run("systemctl", "start", SENSE)
    ready(machine, SENSE)
    machine.run("systemctl", "start", ACT)
    settled(machine)


def test_the_promise_is_shown_on_the_running_system(machine: Machine) -> None:
    settled(machine)
    done = machine.run("moodkiosk", "doctor", "--privacy", check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "the promise is kept" in done.stdout
    found = findings(machine, "--privacy")
    assert found["users"]["text"] == "sense is moodkiosk-sense, act is moodkiosk-act"
    assert "no Internet socket" in found["sense: open now"]["text"]
    assert "TCP to 127.0.0.1:1883" in found["act: open now"]["text"]
    assert "/run/moodkiosk/link.sock" in found["act: open now"]["text"]


def test_the_promise_holds_while_it_is_taught_and_learns(machine: Machine) -> None:
    """Doctor looks again and again during a sitting; one of the looks lasts from before the fit until after it."""
    settled(machine)
    lesson = ("moodkiosk", "teach", "neutral", "happy", "--seconds", "2", "--yes")
    spans: list[tuple[str, str]] = []
    for _ in range(3):  # the actor may leave for too long
        sitting = threading.Thread(target=machine.run, args=lesson, kwargs={"check": False, "seconds": 300})
        sitting.start()
        while sitting.is_alive():
            before = teaching(machine)
            found = findings(machine, "--privacy")
            assert [name for name, one in found.items() if one["outcome"] == "failed"] == []
            assert "no Internet socket" in found["sense: open now"]["text"]
            spans.append((before, teaching(machine)))
        if any(first in LEARNING and last in LEARNT for first, last in spans):
            break
    else:
        raise AssertionError(f"it never learnt while doctor looked: {spans}")
    machine.run("moodkiosk", "forget", "--all", check=False)
    settled(machine)


LEARNING, LEARNT = ("recording", "fitting"), ("fitting", "shown", "over")


def teaching(machine: Machine) -> str:
    """How far a sitting is."""
    status = json.loads(machine.run("moodkiosk", "status", "--json").stdout)
    return str((status.get("teaching") or {}).get("phase", ""))


def test_a_picture_in_a_state_folder_is_found(machine: Machine) -> None:
    settled(machine)
    planted = machine.root / "var/lib/moodkiosk/sense/innocent.json"
    planted.write_bytes(b"\xff\xd8\xff\xe0 and so on")
    try:
        done = machine.run("moodkiosk", "doctor", "--privacy", check=False)
    finally:
        planted.unlink()
    assert done.returncode == 1
    assert "/sense/innocent.jsonisapicture" in "".join(done.stdout.split()), done.stdout  # however the lines are broken


def test_a_camera_that_is_a_program_works_in_the_sandbox_and_what_it_has_open_is_seen(machine: Machine) -> None:
    """The camera at the ribbon cable is read by a child of sense; here one that plays the actor and opens a device."""
    settled(machine)
    program, player = machine.root / "usr/local/bin/rpicam-vid", machine.root / "usr/local/lib/actor_camera.py"
    word = machine.root / "usr/local/lib/word"
    shutil.copy(PROJECT / "tests/soak/actor_camera.py", player)
    word.touch()
    program.write_text(
        "#!/bin/sh\nexec 9</dev/zero\n"
        'exec /opt/moodkiosk/current/bin/python -I /usr/local/lib/actor_camera.py /usr/local/lib/word "$@"\n',
        encoding="ascii",
    )
    program.chmod(0o755)
    try:
        with camera(machine, "{source: rpicam, width: 320, height: 240}"):
            machine.run("systemctl", "restart", SENSE)
            settled(machine)
            assert "camera on: Raspberry Pi camera, 320x240" in machine.journal(SENSE)
            found = findings(machine, "--privacy")
            assert found["sense: open now"]["text"].startswith("/dev/zero;")
            assert {finding["outcome"] for finding in found.values()} == {"ok"}
            word.write_text("nocamera", encoding="ascii")
            until(lambda: "there is no Raspberry Pi camera" in machine.show(ACT, "StatusText"), 60)
    finally:
        for path in (program, player, word):
            path.unlink()
    settled(machine)


def test_doctor_finds_everything_in_place_and_names_what_is_missing(machine: Machine) -> None:
    settled(machine)
    found = findings(machine)
    assert {finding["outcome"] for finding in found.values()} <= {"ok", "skipped"}, found
    assert found["services"]["text"] == "both halves run"
    assert found["mosquitto"]["text"] == "runs, and starts at boot"
    machine.run("systemctl", "stop", SENSE, "mosquitto")
    try:
        found = findings(machine)
    finally:
        machine.run("systemctl", "start", "mosquitto", SENSE)
    assert {name for name, finding in found.items() if finding["outcome"] == "failed"} == {
        "MQTT broker",
        "mosquitto",
        "services",
        "camera",
    }
    assert all(finding["advice"] for finding in found.values() if finding["outcome"] == "failed")


def test_an_administrator_puts_a_model_in_place_and_it_belongs_to_what_sees(machine: Machine) -> None:
    settled(machine)
    starter = next(
        (machine.root / "opt/moodkiosk/versions").glob("*/lib/python*/site-packages/moodkiosk/models/starter.tflite")
    )
    machine.run("moodkiosk", "model", "install", "/" + str(starter.relative_to(machine.root)))
    placed = machine.root / "var/lib/moodkiosk/sense/models/current.tflite"
    assert placed.read_bytes() == starter.read_bytes()
    assert placed.stat().st_uid == (machine.root / "var/lib/moodkiosk/sense").stat().st_uid
    before = machine.show(SENSE, "MainPID")
    machine.run("systemctl", "restart", SENSE)
    settled(machine)
    assert machine.show(SENSE, "MainPID") != before
    assert "/var/lib/moodkiosk/sense/models/current.tflite" in machine.journal(SENSE)


def test_what_is_asked_for_in_the_sandbox_is_done(machine: Machine) -> None:
    """The camera is switched off and on, and a neutral look is kept in the only folder that may be written."""
    settled(machine)
    machine.run("moodkiosk", "camera", "off")
    until(lambda: machine.show(SENSE, "StatusText") == "camera off", 30, "the camera to close")
    machine.run("moodkiosk", "camera", "on")
    settled(machine)
    done = until(lambda: calibrated(machine), 120, "somebody to be there for five seconds")
    assert "Ana" in done
    kept = [path for path in (machine.root / "var/lib/moodkiosk/sense").rglob("*") if path.is_file()]
    assert any(b"Ana" in path.read_bytes() for path in kept)
    machine.run("moodkiosk", "forget", "--all")


def test_installing_again_changes_nothing(machine: Machine) -> None:
    settled(machine)
    before = (machine.root / "opt/moodkiosk/current").readlink(), listing(machine)
    done = upgrade(machine)
    assert done.returncode == 0, done.stdout + done.stderr
    assert ((machine.root / "opt/moodkiosk/current").readlink(), listing(machine)) == before
    assert (machine.root / "etc/moodkiosk/config.yaml").read_text(encoding="utf-8") == CONFIG
    assert "  ok    the clock is set (" in done.stdout
    assert "  note  no camera found: the kiosk starts all the same" in done.stdout
    settled(machine)


def test_a_half_that_somebody_has_stopped_or_disabled_stays_so_over_an_upgrade(machine: Machine) -> None:
    settled(machine)
    machine.run("systemctl", "disable", "--now", SENSE)
    done = upgrade(machine)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "moodkiosk-sense was stopped, and stays so ('sudo systemctl start moodkiosk-sense')" in done.stdout
    assert "moodkiosk-act is ready" in done.stdout
    assert machine.show(SENSE, "ActiveState") == "inactive"
    assert machine.show(SENSE, "UnitFileState") == "disabled"
    machine.run("systemctl", "stop", ACT)
    assert "moodkiosk-act was stopped, and stays so" in upgrade(machine).stdout
    assert [machine.show(unit, "ActiveState") for unit in (ACT, SENSE)] == ["inactive"] * 2
    machine.run("systemctl", "enable", "--now", SENSE)
    machine.run("systemctl", "start", "moodkiosk.target")
    settled(machine)


def test_whoever_installs_with_sudo_may_use_the_command_line_after_signing_in_again(machine: Machine) -> None:
    # Somebody who is there already: to make one would leave traces that are not the kiosk's.
    script = f"/{CHECKOUT}/scripts/install-pi"
    done = machine.run("env", "SUDO_USER=games", script, seconds=300)
    assert "games is in the group moodkiosk" in done.stdout
    assert "moodkiosk" in machine.run("id", "-nG", "games").stdout.split()


def test_the_packages_have_bytecode_because_the_services_cannot_write_it(machine: Machine) -> None:
    packages = machine.root / "opt/moodkiosk/packages"
    for name in ("numpy", "ai_edge_litert"):
        assert list(packages.glob(f"*/{name}/__pycache__/__init__.cpython-*.pyc")), name


def test_an_upgrade_keeps_the_version_before_it(machine: Machine) -> None:
    before = (machine.root / "opt/moodkiosk/current").readlink()
    (machine.root / CHECKOUT / "docs/new.md").write_text("new\n", encoding="ascii")
    done = upgrade(machine)
    assert done.returncode == 0, done.stdout + done.stderr
    after = (machine.root / "opt/moodkiosk/current").readlink()
    assert after != before
    assert (machine.root / "opt/moodkiosk" / before / "bin/moodkiosk").exists()
    settled(machine)


@pytest.mark.parametrize("fault", ["raise RuntimeError('not today')", "import threading; threading.Event().wait()"])
def test_a_version_that_does_not_become_ready_within_a_minute_is_taken_back(machine: Machine, fault: str) -> None:
    """One that ends at once, and one that hangs."""
    before = (machine.root / "opt/moodkiosk/current").readlink()
    broken = machine.root / CHECKOUT / "moodkiosk/sense/loop.py"
    good = broken.read_text(encoding="utf-8")
    broken.write_text(f"{good}\n{fault}\n", encoding="utf-8")
    try:
        done = upgrade(machine)
    finally:
        broken.write_text(good, encoding="utf-8")
    assert done.returncode == 1
    assert "did not become ready" in done.stderr
    assert (machine.root / "opt/moodkiosk/current").readlink() == before
    settled(machine)


def test_a_version_that_does_not_understand_the_configuration_is_not_installed(machine: Machine) -> None:
    before = (machine.root / "opt/moodkiosk/current").readlink(), machine.show(ACT, "MainPID")
    configure(machine, CONFIG + "musik: {}\n")
    try:
        done = upgrade(machine)
    finally:
        configure(machine)
    assert done.returncode == 2
    assert "config.yaml:7: musik" in done.stderr
    assert ((machine.root / "opt/moodkiosk/current").readlink(), machine.show(ACT, "MainPID")) == before


def test_removing_leaves_configuration_and_data_and_purging_leaves_nothing(machine: Machine) -> None:
    assert upgrade(machine, "--uninstall").returncode == 0
    assert (machine.root / "etc/moodkiosk/config.yaml").exists()
    assert (machine.root / "var/lib/moodkiosk/act").is_dir()
    assert not (machine.root / "opt/moodkiosk").exists()
    # systemd forgets a unit that is gone when it comes round to it.
    units = ("systemctl", "list-units", "--all", "--no-legend", "moodkiosk*")
    until(lambda: machine.run(*units).stdout == "", 60, "no unit to be left")
    assert upgrade(machine, "--uninstall", "--purge").returncode == 0
    before = (machine.root / "before").read_text(encoding="utf-8").splitlines()
    assert set(listing(machine).splitlines()) - set(before) <= OF_THE_SYSTEM
    users = (machine.root / "etc/passwd").read_text(encoding="utf-8") + (machine.root / "etc/group").read_text("utf-8")
    assert "moodkiosk" not in users
    assert not list((machine.root / "run").glob("moodkiosk*"))
