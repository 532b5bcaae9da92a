"""What `scripts/train.py` does, on a terminal or without one."""

from __future__ import annotations

import argparse
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from moodkiosk.failure import Failure, UsageError
from moodkiosk.host import files
from moodkiosk.learn.data import dataset
from moodkiosk.learn.evaluate import certainty, report
from moodkiosk.learn.train import backend, make_model, starter
from moodkiosk.words.reason import Reason
from moodkiosk.words.system import system

if TYPE_CHECKING:
    from rich.console import Console

    from moodkiosk.learn.data.dataset import Dataset
    from moodkiosk.learn.evaluate.streams import Settle
    from moodkiosk.learn.train.make_model import Examined, Stage
    from moodkiosk.learn.train.network import EpochDone


def main(args: argparse.Namespace, settle: Settle) -> int:
    """Trains, examines, writes. Raises UsageError and Failure. `settle`: the kiosk's debounce, to judge time by."""
    from rich.console import Console

    backend.prepare()
    console = Console(highlight=False, soft_wrap=True)
    _check_places(args.out, args.report)
    if args.starter:
        if len(args.dataset) != 1:
            raise UsageError(Reason("train.starter"))
        settings = replace(starter.SETTINGS, epochs=args.epochs or starter.SETTINGS.epochs, seed=args.seed)
        with _stages(console) as stage:
            file = starter.make(args.dataset[0], settings, stage, console.print, settle)
        _write(args.out, file, console)
        return 0
    data = chosen(dataset.load(args.dataset), args.only, args.rename)
    console.print(_overview(data))
    options = make_model.Options(
        args.hands, args.base, args.epochs, args.seed, args.vary, mirror=args.mirror, force=args.force
    )
    with _stages(console) as stage:
        found = make_model.make(data, options, stage, console.print, settle)
    _show(console, found)
    if args.report:
        console.print(f"report: {_reported(found, args.report)}")
    why_not = make_model.objection(found, args.out)
    if why_not and not args.force:
        raise Failure(Reason("train.not_written", why=why_not))
    _write(args.out, found.file, console)
    return 0


def _check_places(out: Path, folder: Path | None) -> None:
    """Before an hour of training ends in vain."""
    if out.is_dir():
        raise UsageError(Reason("train.out_folder", folder=str(out), file=str(out / "mood.tflite")))
    for place in (out, folder):
        if place is not None and not place.parent.is_dir():
            raise UsageError(Reason("file.no_folder", folder=str(place.parent)))
    if not os.access(out.parent, os.W_OK):
        raise UsageError(Reason("train.no_access", folder=str(out.parent)))
    if folder is not None and folder.exists() and not folder.is_dir():
        raise UsageError(Reason("train.report_file", folder=str(folder)))


def _write(out: Path, file: bytes, console: Console) -> None:
    try:
        files.write_atomic(out, file, mode=0o644)
    except OSError as error:
        raise Failure(Reason("train.cannot_write", path=str(out), reason=system(error))) from None
    console.print(f"{out}: {len(file)} bytes, sha256 {hashlib.sha256(file).hexdigest()}")


def _reported(found: Examined, folder: Path) -> Path:
    try:
        return report.write(found, folder)
    except OSError as error:
        raise Failure(Reason("train.report_not_written", folder=str(folder), reason=system(error))) from None


def chosen(data: Dataset, only: list[str], rename: list[str]) -> Dataset:
    """The samples that are meant, under the labels that are meant. Raises UsageError."""
    names: dict[str, str] = {}
    for text in rename:
        old, sign, new = text.partition("=")
        if not (old and sign and new.strip()):
            raise UsageError(Reason("train.rename", given=text))
        if old not in data.labels:
            raise UsageError(Reason("train.rename_none", given=text, label=repr(old), names=list(data.labels)))
        names[old] = new.strip()
    data = data.relabelled(names)
    if missing := [label for label in only if label not in data.labels]:
        raise UsageError(Reason("train.only", label=missing[0], names=list(data.labels)))
    return data.select(np.isin(data.label, only)) if only else data


def _overview(data: Dataset) -> str:
    counts = ", ".join(f"{label} {int((data.label == label).sum())}" for label in data.labels)
    people = len({name for name in data.person.tolist() if name})
    who = f"{people} people" if people > 1 else "one person"
    return f"{len(data)} samples of {who} in {len(data.sources)} files: {counts}"


@contextmanager
def _stages(console: Console) -> Iterator[Stage]:
    """A progress bar for each training, with loss and held-out accuracy."""
    from rich import progress

    columns = (
        progress.TextColumn("{task.description}"),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TextColumn("{task.fields[figures]}"),
        progress.TimeElapsedColumn(),
    )
    with progress.Progress(*columns, console=console) as bars:

        def stage(what: str, epochs: int) -> EpochDone:
            task = bars.add_task(what, total=epochs, figures="loading TensorFlow")

            def told(epoch: int, loss: float, accuracy: float | None) -> None:
                held = "" if accuracy is None else f"  held-out accuracy {accuracy:.3f}"
                bars.update(task, completed=epoch, figures=f"loss {loss:.3f}{held}")

            return told

        yield stage


def _show(console: Console, found: Examined) -> None:
    metrics, sure = found.manifest.metrics, certainty.intervals(found.answers)

    def between(name: str) -> str:
        return f"({certainty.between(sure[name])})"

    console.print(
        f"on {metrics['held_out_samples']} held-out samples: balanced accuracy {metrics['balanced_accuracy']:.3f} "
        f"{between('balanced_accuracy')}, surest half {metrics['answered.0.5']:.3f} right {between('answered.0.5')}"
    )
    if (window := metrics["window_balanced_accuracy"]) is not None:
        console.print(f"over 2 seconds: balanced accuracy {window:.3f} {between('window_balanced_accuracy')}")
    for label in found.manifest.labels:
        if (share := metrics.get(f"recall.{label}")) is not None:
            console.print(f"  {label}: {share:.3f} {between(f'recall.{label}')} read right")
    console.print("in brackets: where the figure lies with a probability of 95 %")
    console.print(f"TensorFlow Lite and Keras differ by at most {found.difference:.1e}")
