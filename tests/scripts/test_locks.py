"""What the locks bring to a device and to a desktop: few packages, the same on every Python and processor."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from packaging.markers import Marker

ROOT = Path(__file__).resolve().parents[2]
MACHINES = ["x86_64", "aarch64"]


def locked(name: str, minor: int, machine: str) -> dict[str, str]:
    """Package to version, of a lock, for a Python 3.`minor` and a processor, on Linux."""
    found = {}
    for line in (ROOT / "requirements" / name).read_text(encoding="utf-8").splitlines():
        match = re.match(r"([a-z0-9.-]+)==([^ ;]+)(?: ; ([^\\]+))?", line)
        if match is None:
            continue
        where = {
            "python_version": f"3.{minor}",
            "python_full_version": f"3.{minor}.1",
            "platform_machine": machine,
            "sys_platform": "linux",
        }
        if match[3] is None or Marker(match[3].strip()).evaluate(where):
            found[match[1]] = match[2]
    return found


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("minor", [11, 12, 13, 14])
def test_a_device_gets_litert_numpy_2_and_opencv_without_a_screen_and_nothing_heavy(minor: int, machine: str) -> None:
    device = locked("device.txt", minor, machine)
    assert device["ai-edge-litert"] == "2.1.6"
    assert device["numpy"].startswith("2.")
    assert device["opencv-python-headless"].startswith("4.12.")
    assert {"spotipy", "paho-mqtt", "pyyaml"} <= set(device)
    heavy = {"mediapipe", "jax", "jaxlib", "protobuf", "opencv-contrib-python", "opencv-python", "tensorflow", "keras"}
    assert not heavy & set(device)
    assert device == locked("device.txt", minor, MACHINES[0])


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize(("minor", "there"), [(11, True), (12, True), (13, True), (14, False)])
def test_a_desktop_gets_tensorflow_where_it_exists(minor: int, machine: str, *, there: bool) -> None:
    packages = set(locked("train.txt", minor, machine))
    assert bool({"tensorflow", "tensorflow-cpu"} & packages) is there
    assert ("keras" in packages) is there


@pytest.mark.parametrize("machine", MACHINES)
def test_mediapipes_own_runtime_is_the_version_whose_networks_are_used(machine: str) -> None:
    assert locked("mediapipe.txt", 12, machine)["mediapipe"] == "0.10.18"
