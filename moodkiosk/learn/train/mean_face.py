"""Makes `moodkiosk/sense/mood/mean_face.npy`: `python -m moodkiosk.learn.train.mean_face FACES.npz OUT.npy`.

It was made once, from the `london` rows of the starter's faces, and is committed. Another mean face changes every
measure, and so needs a new schema id.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from moodkiosk.moods.reading import AT_REST
from moodkiosk.sense.mood.frontal import OUTER_EYES, levelled


def main(source: Path, out: Path) -> None:
    """Writes the mean of the neutral `london` faces after similarity alignment, float32 [468, 3]."""
    with np.load(source) as data:
        chosen = (data["source"] == "london") & (data["label"] == AT_REST)
        face = data["face"][chosen].astype(np.float64)
    eyes = face[:, list(OUTER_EYES), :2]
    across = np.linalg.norm(eyes[:, 1] - eyes[:, 0], axis=1)
    depth = (face[..., 2] - face[:, list(OUTER_EYES), 2].mean(1, keepdims=True)) / across[:, None]
    aligned = np.concatenate([levelled(face[..., :2], eyes), depth[..., None]], axis=2)
    np.save(out, aligned.mean(0).astype(np.float32))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
