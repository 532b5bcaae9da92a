"""One side of a comparison, as a process of its own: `bench.py` starts several and lets them work in turns.

Reads one line a round from stdin ("frames N" or "seconds S") and answers with one JSON line.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Image = NDArray[np.uint8]

# A desk has no better place to look: the checkout's own packages.
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

RATE_HZ = 5.0
WARM_LOOKS = 5
"""Before each round, not measured: the sides take turns, and after so long a pause everybody is new."""

MOODS = ("angry", "happy", "neutral", "sad", "surprise")


def pictures(size: tuple[int, int], count: int, *, empty: bool = False) -> list[Image]:
    """The drawn actor, moving a little, or the empty room with some sensor noise."""
    import numpy as np

    from moodkiosk.sense.actor.actor import Scene, picture

    if empty:
        rng = np.random.default_rng(0)
        room = picture([], size).astype(np.int16)
        return [
            (room + rng.normal(0, 2, room.shape).round().astype(np.int16)).clip(0, 255).astype(np.uint8)
            for _ in range(count)
        ]
    scene = Scene(size=size)
    return [scene.picture_at(2.5 + index / 15) for index in range(count)]


def pictures_from_elsewhere(size: tuple[int, int], count: int) -> list[Image]:
    """The same, drawn by a process of its own: a kiosk with a camera does not hold what draws the actor."""
    import subprocess
    import tempfile

    import numpy as np

    with tempfile.NamedTemporaryFile(suffix=".npy") as file:
        program = (
            "import sys, numpy\n"
            "from scripts.benchmark.sides import pictures\n"
            "numpy.save(sys.argv[1], pictures((int(sys.argv[2]), int(sys.argv[3])), int(sys.argv[4])))\n"
        )
        command = [sys.executable, "-c", program, file.name, *map(str, size), str(count)]
        subprocess.run(command, check=True, cwd=Path(__file__).parents[2])
        return list(np.load(file.name))


def back_and_forth(found: list[Any]) -> Callable[[int], Any]:
    """The pictures in an order without jumps, for ever."""
    order = [*range(len(found)), *range(len(found) - 2, 0, -1)]
    return lambda index: found[order[index % len(order)]]


def bare(show: Callable[[int], Image]) -> Callable[[int], None]:
    """FaceMesh as its documentation shows it."""
    import mediapipe as mp

    mesh = mp.solutions.face_mesh.FaceMesh(refine_landmarks=False)

    def look(index: int) -> None:
        assert mesh.process(show(index)).multi_face_landmarks

    return look


def classic(show: Callable[[int], Image]) -> Callable[[int], None]:
    """The classic loop: Holistic, 1020 numbers, a 512-256 network in Keras, predict for every frame."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    import mediapipe as mp
    import numpy as np
    from tensorflow import keras

    holistic = mp.solutions.holistic.Holistic(model_complexity=1)
    layers = [keras.layers.Dense(n, activation="relu") for n in (512, 256)]
    network = keras.Sequential(
        [keras.layers.Input((1020,)), *layers, keras.layers.Dense(len(MOODS), activation="softmax")]
    )

    def look(index: int) -> None:
        found = holistic.process(show(index))
        face = (
            np.zeros((468, 2))
            if found.face_landmarks is None
            else np.array([(p.x, p.y) for p in found.face_landmarks.landmark])
        )
        numbers = (face - face[1]).ravel()
        network.predict(np.concatenate([numbers, np.zeros(84)])[None], verbose=0)

    return look


def alone(side: str, found: list[Image]) -> Callable[[int], None]:
    """Our face mesh ("mesh"), or the second opinion ("opinion"), by itself, on faces that are known."""
    from moodkiosk.sense.faces import choose
    from moodkiosk.sense.faces.detector import MIN_SCORE, FaceFinder
    from moodkiosk.sense.faces.landmarks import FaceMesh
    from moodkiosk.sense.mood.opinion import SecondOpinion

    engine = choose.make("litert")
    mesh, finder, opinion = FaceMesh(engine.face_mesh()), FaceFinder(engine.face_detector(MIN_SCORE)), SecondOpinion()
    faces = []
    for rgb in found:
        whole = (0, 0, rgb.shape[1], rgb.shape[0])
        face = mesh.find(rgb, finder.find(rgb, whole)[0].region)
        assert face is not None
        faces.append((rgb, face))
    show = back_and_forth(faces)

    def look(index: int) -> None:
        rgb, face = show(index)
        if side == "mesh":
            mesh.find(rgb, face.region)
        else:
            opinion.of(rgb, face)

    return look


def main() -> None:
    """Serves rounds until stdin ends."""
    side, width, height, link = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    size = (width, height)
    if side in ("bare", "classic"):
        show = back_and_forth(pictures(size, 45))
        serve({"bare": bare, "classic": classic}[side](show))
    elif side in ("mesh", "opinion"):
        serve(alone(side, pictures(size, 45)))
    else:
        from scripts.benchmark.loop import Run

        memory = side == "memory"
        found = pictures_from_elsewhere(size, 4) if memory else pictures(size, 45, empty=side == "empty")
        serve_loop(Run(back_and_forth(found), link, paced=side in ("paced", "empty")))


def serve(look: Callable[[int], None]) -> None:
    """Rounds of something that looks at one picture a call."""
    index = 0
    for line in ready():
        what, number = line.split()
        for _ in range(WARM_LOOKS):
            look(index)
            index += 1
        cpu_seconds, start, waited_before = time.process_time(), time.monotonic(), waited()
        frames = int(number) if what == "frames" else int(float(number) * RATE_HZ)
        for turn in range(frames):
            if what == "seconds":
                time.sleep(max(0.0, start + turn / RATE_HZ - time.monotonic()))
            look(index)
            index += 1
        answer(frames, cpu_seconds, start, waited_before)


def serve_loop(run: Any) -> None:
    """Rounds of the whole sense loop."""
    for line in ready():
        what, number = line.split()
        for _ in range(WARM_LOOKS):
            run.turn()
        before, cpu_seconds, start, waited_before = run.looks, time.process_time(), time.monotonic(), waited()
        while (run.looks - before < int(number)) if what == "frames" else (time.monotonic() - start < float(number)):
            run.turn()
        answer(run.looks - before, cpu_seconds, start, waited_before)


def waited() -> float:
    """Seconds for which the main thread could have run, but another process had the processor (proc(5), schedstat)."""
    try:
        return int(Path("/proc/self/schedstat").read_text(encoding="ascii").split()[1]) / 1e9
    except (OSError, IndexError, ValueError):
        return 0.0


def ready() -> Any:
    print("{}", flush=True)
    return sys.stdin


def answer(frames: int, cpu_seconds: float, start: float, waited_before: float) -> None:
    """One JSON line about the round that began at these times."""
    from moodkiosk.host.machine import rss_mb

    cpu_seconds, seconds = time.process_time() - cpu_seconds, time.monotonic() - start
    waited_seconds = waited() - waited_before
    found = {
        "frames": frames,
        "cpu_ms": cpu_seconds * 1000,
        "waited_seconds": waited_seconds,
        "seconds": seconds,
        "rss_mb": rss_mb(),
        "threads": len(os.listdir("/proc/self/task")),
    }
    print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main()
