"""Which package runs the networks: LiteRT where it is installed, else tflite-runtime, its predecessor."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from moodkiosk.sense.faces import networks

ROOT = Path(__file__).parents[2]
SITE = Path(sysconfig.get_paths()["purelib"])
PROGRAM = """
import sys
from pathlib import Path
from moodkiosk.sense import interpreter
from moodkiosk.sense.mood import model
network = interpreter.Network(Path(sys.argv[1]))
network.input[:] = 0.5
network.run()
moods = model.load(model.STARTER)
vector = network.output(0).ravel()[: len(model.MEASURES[moods.schema])]
print(interpreter.runtime().__name__, *moods.probabilities(vector * 0).round(6))
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """An environment with what the half that sees needs, but without LiteRT."""
    for path in SITE.iterdir():
        if not path.name.startswith(("ai_edge_litert", "tflite_runtime", "moodkiosk.pth")):
            (tmp_path / path.name).symlink_to(path)
    return tmp_path


def ran(site: Path) -> subprocess.CompletedProcess[str]:
    """A network of MediaPipe's and the starter, by what is in that environment: no other packages are seen."""
    path = os.pathsep.join((str(ROOT), str(site)))
    command = [sys.executable, "-S", "-c", PROGRAM, str(networks.path_of(networks.DETECTOR))]
    environment = {"PATH": os.defpath, "PYTHONPATH": path}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


def tflite_runtime(site: Path) -> None:
    """The package of that name: the interpreter and its libraries, as tflite-runtime lays them out, and no more."""
    shutil.copytree(
        SITE / "ai_edge_litert", site / "tflite_runtime", ignore=shutil.ignore_patterns("*WebGpu*", "tools")
    )
    for module in (site / "tflite_runtime").rglob("*.py"):
        text = module.read_text(encoding="utf-8")
        module.write_text(text.replace("ai_edge_litert", "tflite_runtime"), encoding="utf-8")


def test_tflite_runtime_is_taken_where_it_is_what_is_installed(site: Path) -> None:
    tflite_runtime(site)
    done = ran(site)
    assert done.returncode == 0, done.stderr
    name, *moods = done.stdout.split()
    assert name == "tflite_runtime.interpreter"
    (site / "ai_edge_litert").symlink_to(SITE / "ai_edge_litert")
    assert ran(site).stdout.split() == ["ai_edge_litert.interpreter", *moods], "LiteRT comes first, and says the same"
