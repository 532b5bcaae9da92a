"""MediaPipe's own runtime. Runs only where it is installed: test_engines.py runs this file in .venv-mediapipe."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

pytest.importorskip("mediapipe", reason="test_engines.py runs this in .venv-mediapipe")

from moodkiosk.sense.faces.mediapipe.graph import mediapipe
from moodkiosk.sense.faces.mediapipe.messages import points_of


def message(points: np.ndarray[tuple[int, ...], np.dtype[np.float32]], *, extra: bool = False) -> bytes:
    mediapipe()
    from mediapipe.framework.formats import landmark_pb2

    found = landmark_pb2.NormalizedLandmarkList()
    for x, y, z in points.tolist():
        point = found.landmark.add(x=x, y=y, z=z)
        if extra:
            point.visibility = 0.5
    data: bytes = found.SerializeToString()
    return data


@pytest.mark.parametrize("extra", [False, True])
def test_landmarks_are_read_the_same_whatever_the_form_of_their_bytes(*, extra: bool) -> None:
    points = np.random.default_rng(0).uniform(-1, 2, (468, 3)).astype(np.float32)
    points[7] = 0.0
    expected = points * np.array((640, 480, 640), np.float32)
    np.testing.assert_allclose(points_of(message(points, extra=extra), 468, (640, 480)), expected, rtol=1e-6)
    with pytest.raises(ValueError, match="468"):
        points_of(message(points[:400]), 468, (640, 480))


def test_mediapipe_is_loaded_without_matplotlib_which_others_get_whole() -> None:
    program = (
        "import sys, numpy as np\n"
        "from moodkiosk.config.settings import SenseSettings\n"
        "from moodkiosk.moods.frame import Frame\n"
        "from moodkiosk.sense.mood import model\n"
        "from moodkiosk.sense.pipeline import Pipeline\n"
        "settings = SenseSettings(engine='mediapipe')\n"
        "pipeline = Pipeline(settings, model.load(model.STARTER), every_look=True)\n"
        "pipeline.look(Frame(np.zeros((480, 640, 3), np.uint8), 0.0))\n"
        "print(sorted({'matplotlib', 'tensorflow', 'jax', 'sounddevice'} & set(sys.modules)))\n"
        "import matplotlib.pyplot\n"
        "print(hasattr(matplotlib.pyplot, 'plot'))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["[]", "True"]
    assert done.stderr == ""
