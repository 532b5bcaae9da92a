"""How well a model file reads a data set: the figures of contract 3."""

from __future__ import annotations

import argparse
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from moodkiosk.failure import UsageError
from moodkiosk.learn.data import dataset
from moodkiosk.learn.data.samples import neutral_looks, people, vectors
from moodkiosk.learn.data.split import recordings
from moodkiosk.learn.evaluate import certainty, streams
from moodkiosk.sense.mood import model as models
from moodkiosk.sense.mood.bundle import BadModel
from moodkiosk.sense.teach import figures
from moodkiosk.sense.teach.recipe import own_neutrals, with_own_neutrals
from moodkiosk.words.reason import Reason

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from rich.console import Console

    from moodkiosk.learn.data.dataset import Dataset

    Shares = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """What a model says of a data set.

    Attributes:
        labels: the model's.
        data: the samples whose label the model knows, without neutral looks.
        truth: their label numbers [n].
        shares: the probabilities [n, labels].
        left_out: samples of labels that the model does not know, by label.
        own: people whose own neutral face was subtracted.
        known: samples of files that the model was trained on: their figures flatter.
        looks: samples that were used as neutral looks, and so are not judged.
        streams: the same people in time, where the samples have times.
    """

    labels: tuple[str, ...]
    data: Dataset
    truth: NDArray[np.int64]
    shares: Shares
    left_out: dict[str, int]
    own: int = 0
    known: int = 0
    looks: int = 0
    streams: tuple[streams.Stream, ...] = ()


def answers(
    model: models.MoodModel,
    data: Dataset,
    neutral: bool = False,
    gain: float = 1.0,
    *,
    self_calibrate: bool = True,
    settle: streams.Settle | None = None,
) -> Answers:
    """Runs the model over the samples, as the kiosk would. Raises UsageError where that cannot be done.

    Args:
        model: what reads.
        data: the samples.
        neutral: each person gives a neutral look (`samples.neutral_looks`), whose median is subtracted (contract 2); it
            is not judged.
        gain: as `sense.neutral_gain`.
        self_calibrate: as `sense.self_calibrate`; concerns the streams only, samples by themselves have no before.
        settle: the kiosk's debounce; None: no streams.
    """
    _check_fits(model, data)
    unknown = {label: int((data.label == label).sum()) for label in data.labels if label not in model.labels}
    known = np.isin(data.label, model.labels)
    if not known.any():
        raise UsageError(Reason("judge.no_label", labels=list(model.labels), names=list(unknown)))
    data = data.select(known)
    x, person = vectors(data, model.schema), people(data)
    looks: NDArray[np.bool_] = np.zeros(len(data), bool)
    medians: dict[str, Shares] = {}
    shown = x
    if neutral:
        if model.manifest.neutral_mean is None:
            raise UsageError(Reason("judge.no_neutral"))
        looks = neutral_looks(data, person)
        medians = own_neutrals(x[looks], data.label[looks], person[looks])
        usual = np.array(model.manifest.neutral_mean, np.float32)
        shown = with_own_neutrals(x, person, medians, usual, gain)
    if looks.all():
        raise UsageError(Reason("judge.all_neutral"))
    shares = np.stack([model.probabilities(row) for row in shown[~looks]])
    truth = np.array([model.labels.index(label) for label in data.label[~looks].tolist()])
    files = set(model.manifest.training_files.values())
    seen = sum(data.sources[file].sha256 in files for file in data.file)
    in_time: list[streams.Stream] = []
    if settle is not None:
        in_time = streams.streams(
            model, data, x, person, medians, settle, looks=looks, self_calibrate=self_calibrate, gain=gain
        )
    return Answers(
        model.labels,
        data.select(~looks),
        truth,
        shares,
        unknown,
        len(medians),
        seen,
        int(looks.sum()),
        tuple(in_time),
    )


def summary(said: Answers) -> dict[str, Any]:
    """The object of contract 3 for one data set. Further keys say more."""
    truth, guess = said.truth, said.shares.argmax(1)
    window = None
    if np.isfinite(said.data.at).any():
        joint = figures.over_windows(said.shares, said.data.at, recordings(said.data))
        window = figures.balanced_accuracy(truth, joint.argmax(1))
    return {
        "balanced_accuracy": figures.balanced_accuracy(truth, guess),
        "recall": {said.labels[label]: share for label, share in figures.recall(truth, guess).items()},
        "answered": {str(part): figures.answered(truth, said.shares, part) for part in figures.ANSWERED},
        "window_balanced_accuracy": window,
        "n": len(truth),
        "people": len(np.unique(said.data.person)),
        "accuracy": float((guess == truth).mean()),
        "calibration_error": figures.calibration_error(truth, said.shares),
        "intervals": {name: list(pair) for name, pair in certainty.intervals(said).items()},
        "left_out": said.left_out,
        "people_with_own_neutral": said.own,
        "trained_on": said.known,
        "used_as_neutral": said.looks,
        "stream": _stream(said),
    }


def _stream(said: Answers) -> dict[str, Any] | None:
    """What settled, by time: shares of it, false moods a minute at rest, latency; None without times."""
    if not said.streams:
        return None
    found = streams.summary(list(said.streams), said.labels)
    minutes = sum(stream.total for stream in said.streams) / 60
    return {
        **{name: _or_none(figure.value) for name, figure in found.items()},
        "minutes": minutes,
        "intervals": {name: [_or_none(figure.low), _or_none(figure.high)] for name, figure in found.items()},
    }


def _or_none(value: float) -> float | None:
    return value if np.isfinite(value) else None


def main(args: argparse.Namespace, settle: streams.Settle) -> int:
    """Prints the figures of each data set. Raises UsageError. `settle`: the kiosk's debounce."""
    try:
        model = models.load(args.model)
    except BadModel as error:
        raise UsageError(str(error)) from None
    for path in args.dataset:
        said = answers(
            model,
            dataset.load([path]),
            args.neutral,
            args.gain,
            self_calibrate=not args.no_self_calibrate,
            settle=settle,
        )
        found = {"dataset": str(path), **summary(said)}
        if args.json:
            print(json.dumps(_rounded(found), ensure_ascii=False), flush=True)
        else:
            _show(path, found)
    return 0


def _check_fits(model: models.MoodModel, data: Dataset) -> None:
    if not model.manifest.uses_hands:
        return
    other = data.mirrored != model.manifest.mirrored
    if other.any():
        where = data.sources[int(data.file[other][0])].path
        raise UsageError(Reason("judge.mirrored", path=str(where)))


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    return {key: _rounded(item) for key, item in value.items()} if isinstance(value, dict) else value


def who(people: int) -> str:
    """So many people, in words."""
    return f"{people} people" if people > 1 else "one person"


def _show(path: Path, found: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False)
    table = Table(title=f"{path}: {found['n']} samples of {who(found['people'])}", title_justify="left")
    table.add_column("")
    table.add_column("share right", justify="right")
    table.add_column("surely (95 %)")
    names = {"balanced accuracy": "balanced_accuracy", "… over 2 seconds": "window_balanced_accuracy"}
    rows = [(name, found[key], key) for name, key in (*names.items(), ("accuracy", "accuracy"))]
    answered = [(part, share) for part, share in found["answered"].items() if part != "1.0"]
    rows += [(f"… of the surest {float(part):.0%}", share, f"answered.{part}") for part, share in answered]
    rows += [(f"recall of {label}", share, f"recall.{label}") for label, share in found["recall"].items()]
    for name, share, key in rows:
        between = certainty.between(found["intervals"].get(key))
        table.add_row(name, "no times" if share is None else f"{share:.3f}", between)
    console.print(table)
    _show_stream(console, found["stream"])
    if found["trained_on"]:
        console.print(f"the model was trained on {found['trained_on']} of these samples: the figures flatter it")
    if found["people_with_own_neutral"]:
        console.print(
            f"own neutral face subtracted for {who(found['people_with_own_neutral'])}; the {found['used_as_neutral']} "
            "samples that it comes from are not judged"
        )
    for label, count in found["left_out"].items():
        console.print(f"left out: {count} samples of {label!r}, which the model does not know")


def _show_stream(console: Console, stream: dict[str, Any] | None) -> None:
    """The same people in time, as the kiosk settles on moods."""
    from rich.table import Table

    if stream is None:
        return
    table = Table(
        title=f"in time, {stream['minutes']:.1f} minutes, as the kiosk settles on moods", title_justify="left"
    )
    table.add_column("")
    table.add_column("", justify="right")
    table.add_column("95 % of such people", justify="right")
    names = {
        "right": "share of time: right",
        "not_sure": "… not sure",
        "wrong": "… wrong",
        "false_moods_a_minute": "false moods a minute at rest",
        "latency_seconds": "seconds until a mood settles, median",
    }
    for name, text in names.items():
        value = stream[name]
        table.add_row(text, "–" if value is None else f"{value:.2f}", _between(stream["intervals"][name]))
    console.print(table)


def _between(interval: list[float] | None) -> str:
    return "" if interval is None or None in interval else f"{interval[0]:.2f} to {interval[1]:.2f}"
