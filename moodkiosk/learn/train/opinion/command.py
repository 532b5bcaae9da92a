"""What `scripts/train_opinion.py` does."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np

from moodkiosk.failure import Failure, UsageError
from moodkiosk.host import files
from moodkiosk.learn.train.opinion import judge, material, network
from moodkiosk.learn.train.opinion.batches import Batches
from moodkiosk.words.reason import Reason

LIMIT_BYTES = 400_000
"""The kiosk's share for it."""

MAX_DIFFERENCE = 0.1
"""Between Keras with float32 weights and TensorFlow Lite with float16 ones, in log-odds."""


def main(args: argparse.Namespace) -> int:
    """Trains, judges, writes. Raises UsageError and Failure."""
    network.prepare()
    try:
        faces = material.load_faces(args.faces)
        judged = material.load_views(args.views)
    except (OSError, KeyError, ValueError) as error:
        raise UsageError(Reason("train.material", reason=str(error))) from None
    args.checkpoint.mkdir(parents=True, exist_ok=True)
    batches = Batches(faces, judged, args.seed)
    print(f"{len(batches)} views of {int(faces.learnt.sum())} faces; {int(faces.held.sum())} faces are held out")
    begun = time.monotonic()

    def told(step: int, loss: float) -> None:
        print(f"step {step} of {args.steps}: loss {loss:.4f}, {time.monotonic() - begun:.0f} s", flush=True)

    how = network.Hyperparameters(steps=args.steps, seed=args.seed)
    weights = network.train(batches, how, args.checkpoint, told)
    for name, figure in judge.judge(faces, lambda crops: network.answers(weights, crops)).items():
        print(f"{name}: {figure}")
    file = network.to_tflite(weights)
    verify(file, weights, faces.crop[np.flatnonzero(faces.held)[:200]])
    files.write_atomic(args.out, file)
    print(f"wrote {args.out}, {len(file)} bytes")
    return 0


def verify(file: bytes, weights: list[network.Floats], crops: material.Greys) -> None:
    """Runs the finished file as the kiosk will, next to Keras. Raises Failure if it is too large or says otherwise."""
    from moodkiosk.sense.interpreter import Network
    from moodkiosk.sense.mood.crop import standardised

    if len(file) > LIMIT_BYTES:
        raise Failure(Reason("train.too_large", bytes=len(file), most=LIMIT_BYTES))
    kiosk = Network(file)
    wanted = network.answers(weights, crops)
    for crop, right in zip(crops, wanted, strict=True):
        kiosk.input[:] = standardised(crop).reshape(kiosk.input_shapes[0])
        kiosk.run()
        difference = float(np.abs(kiosk.output(0)[0] - right).max())
        if not difference <= MAX_DIFFERENCE * max(1.0, float(np.abs(right).max())):
            raise Failure(Reason("train.differs", difference=f"{difference:.1e}"))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What it takes."""
    parser.add_argument("faces", type=Path, metavar="FACES", help="face_crops.npz")
    parser.add_argument("views", type=Path, metavar="VIEWS", help="face_views.npz")
    parser.add_argument("--out", required=True, type=Path, metavar="FILE", help="the network to write, NAME.tflite")
    parser.add_argument(
        "--checkpoint", required=True, type=Path, metavar="DIR",
        help="where the training keeps its state; one that was interrupted goes on from there",
    )  # fmt: skip
    parser.add_argument("--steps", type=int, default=network.STEPS, metavar="N",
                        help=f"batches of 64 (default {network.STEPS})")  # fmt: skip
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="same seed, same weights (default 0)")
