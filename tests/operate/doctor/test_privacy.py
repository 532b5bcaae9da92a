"""The search for pictures, and what is said of processes that keep the promise or break it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import cv2
import numpy as np
import pytest

import moodkiosk
from moodkiosk.config.settings import PathSettings
from moodkiosk.operate.doctor import opened, pictures, privacy
from moodkiosk.operate.doctor.finding import Finding
from tests.support.wait import until

PHOTO = np.random.default_rng(3).integers(0, 256, (64, 64, 3), dtype=np.uint8)
EXTENSIONS = ["jpg", "png", "bmp", "tiff", "webp", "ppm"]


@pytest.mark.parametrize("extension", EXTENSIONS)
def test_a_picture_is_found_whatever_it_is_called(tmp_path: Path, extension: str) -> None:
    cv2.imwrite(str(tmp_path / f"a.{extension}"), PHOTO)
    (tmp_path / "deep").mkdir()
    (tmp_path / f"a.{extension}").rename(tmp_path / "deep" / "state.json")
    (tmp_path / "notes.txt").write_text("BM is how bitmaps begin", encoding="ascii")
    assert pictures.search(tmp_path) == (2, [tmp_path / "deep" / "state.json"])


@pytest.mark.parametrize("codec", [("avi", "MJPG"), ("mp4", "mp4v"), ("mkv", "MJPG")])
def test_a_video_is_found(tmp_path: Path, codec: tuple[str, str]) -> None:
    path = tmp_path / f"v.{codec[0]}"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*codec[1]), 5, (64, 64))
    writer.write(PHOTO)
    writer.release()
    assert pictures.is_picture(path)


def test_pixels_in_an_array_are_found_and_landmarks_are_not(tmp_path: Path) -> None:
    np.save(tmp_path / "pixels.npy", PHOTO)
    np.savez_compressed(tmp_path / "pixels.npz", face=np.zeros((9, 468, 3), np.float32), crop=PHOTO)
    np.savez_compressed(tmp_path / "landmarks.npz", face=np.zeros((90, 468, 3), np.float32), mirrored=np.zeros(1, bool))
    np.save(tmp_path / "few.npy", np.zeros((4, 4), np.uint8))
    count, found = pictures.search(tmp_path)
    assert count == 4
    assert [path.name for path in found] == ["pixels.npy", "pixels.npz"]


def test_what_the_kiosk_itself_keeps_is_no_picture() -> None:
    starter = Path(moodkiosk.__file__).parent / "models" / "starter.tflite"
    assert not pictures.is_picture(starter)


@pytest.mark.parametrize("content", [b"", b"\x93NUMPY", b"\x93NUMPY\x01\0\xff\xff{", b"PK\x05\x06" + bytes(18), b"{}"])
def test_odd_files_are_no_pictures(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "odd").write_bytes(content)
    assert not pictures.is_picture(tmp_path / "odd")


def outcomes(find: Callable[[Path], Iterable[Finding]], *command: str) -> dict[str, str]:
    """What is said of a process that runs `command` meanwhile."""
    with subprocess.Popen([*command, "cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(b"\n")
        child.stdin.flush()
        child.stdout.read(1)  # it runs
        found: dict[str, str] = {finding.name: finding.outcome for finding in find(Path("/proc") / str(child.pid))}
        child.stdin.close()
    return found


def test_a_process_with_the_systems_network_breaks_the_promise() -> None:
    said = outcomes(privacy._sense, "env")
    assert said["sense: network"] == "failed"
    assert said["sense: a connection tried from inside"] == ("failed" if os.geteuid() == 0 else "skipped")
    assert said["sense: sandbox"] == "failed"


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to make a network namespace")
def test_a_process_in_a_network_of_its_own_keeps_that_part_of_it() -> None:
    said = outcomes(privacy._sense, "unshare", "--net")
    assert said["sense: network"] == "ok"
    assert said["sense: a connection tried from inside"] == "ok"
    assert said["sense: open now"] == "ok"


FAMILY = """
import socket, subprocess, sys, threading
with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
    child = []
    def start():
        child.append(subprocess.Popen(["sh", "-c", "exec 3</dev/zero; cat; :"], stdin=subprocess.PIPE))
    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    print(server.getsockname()[1], flush=True)
    sys.stdin.read()
    child[0].communicate()
"""


def test_what_the_child_of_a_thread_has_open_is_found_too() -> None:
    """As with the camera at the ribbon cable: not sense has it open, but a program that its capture thread started."""
    with subprocess.Popen([sys.executable, "-c", FAMILY], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        port = int(process.stdout.readline())
        found = until(lambda: _with_devices(process.pid), what="the child's device")
        process.stdin.close()
    assert found is not None
    assert found.devices == ("/dev/zero",)
    assert f"TCP listening on 127.0.0.1:{port}" in found.internet
    assert f"TCP to 127.0.0.1:{port}" in found.internet
    assert found.said.startswith("/dev/zero; 0 Unix sockets; TCP ")


def _with_devices(number: int) -> opened.Opened | None:
    found = opened.look(Path("/proc") / str(number))
    return found if found.devices else None


def test_unix_sockets_are_listed_by_name_and_other_kinds_are_counted(tmp_path: Path) -> None:
    with (
        socket.socket(socket.AF_UNIX) as server,
        socket.socket(socket.AF_NETLINK, socket.SOCK_RAW),
        socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as other,
    ):
        server.bind(str(tmp_path / "a.sock"))
        other.bind(("::1", 0))
        found = opened.look(Path("/proc/self"))
        port = other.getsockname()[1]
    assert str(tmp_path / "a.sock") in found.unix
    assert found.other >= 1
    assert f"UDP on [::1]:{port}" in found.internet


def test_a_process_with_cameras_in_reach_breaks_the_promise(tmp_path: Path) -> None:
    """The kernel's account, written by hand: a process that has /dev/video0, and one that has none."""
    for name, devices in (("7", ["null", "video0"]), ("8", ["null"])):
        (tmp_path / name / "root/dev").mkdir(parents=True)
        for device in devices:
            (tmp_path / name / "root/dev" / device).touch()
    assert privacy._eyeless(tmp_path / "7").outcome == "failed"
    assert privacy._eyeless(tmp_path / "8").outcome == "ok"


def test_the_halves_must_be_two_users_and_neither_of_them_root(tmp_path: Path) -> None:
    for name, user in (("1", 0), ("2", 900), ("3", 901)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "status").write_text("Name:\tx\nUid:" + f"\t{user}" * 4 + "\n", encoding="ascii")

    def outcome(sense: str, act: str) -> str:
        return next(iter(privacy._users({"sense": tmp_path / sense, "act": tmp_path / act}))).outcome

    assert outcome("2", "3") == "ok"
    assert outcome("2", "2") == "failed"
    assert outcome("1", "3") == "failed"


def test_without_the_services_nothing_is_claimed(tmp_path: Path) -> None:
    found = list(privacy.examine(PathSettings(state=str(tmp_path))))
    assert {finding.name: finding.outcome for finding in found if finding.name in ("sense", "act")} == {
        "sense": "skipped",
        "act": "skipped",
    }
