"""The report of a training: one page that carries everything it shows, for a browser or a phone."""

from __future__ import annotations

import html
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from moodkiosk.host import files
from moodkiosk.learn.evaluate import certainty, charts, streams
from moodkiosk.learn.evaluate.advice import advice
from moodkiosk.learn.evaluate.page import page, section
from moodkiosk.sense.teach import figures

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moodkiosk.learn.train.make_model import Examined

EXAMPLES = 6
MEASURES_SHOWN = 12
ROWS_SHOWN = 20
STREAMS_SHOWN = 3
GROUP_LEAST = 5
"""A person or a session with fewer held-out samples is not shown: a share of three says nothing."""


def write(found: Examined, folder: Path) -> Path:
    """Writes `report.html` into the folder, which is made if need be, and returns it. Raises OSError."""
    folder.mkdir(exist_ok=True)
    path = folder / "report.html"
    files.write_atomic(path, render(found).encode(), mode=0o644)
    return path


def render(found: Examined) -> str:
    """The page."""
    return page(
        f"Mood model: {', '.join(found.manifest.labels)}",
        [
            _headline(found),
            section("What to record more of", _list(advice(found))),
            section("Each label", _labels(found)),
            section("What is taken for what", _confusion(found)),
            section("People and sessions", _groups(found)),
            section("In time, as the kiosk settles on moods", _in_time(found)),
            section("Can its confidence be believed?", _reliability(found)),
            section("Saying nothing when unsure", _answered(found)),
            section("Which measures matter", _measures(found)),
            section("Examples of confusions", _examples(found)),
            section("What it was made of", _origin(found)),
        ],
    )


def _headline(found: Examined) -> str:
    metrics = found.manifest.metrics
    truth = found.answers.truth
    tiles = [
        ("balanced accuracy", metrics["balanced_accuracy"], "every label counts the same"),
        ("guessing gives", 1 / len(np.unique(truth)), "always the same label"),
        ("over 2 seconds", metrics["window_balanced_accuracy"], "as the kiosk settles a mood"),
        ("surest half", metrics["answered.0.5"], "accuracy, if it keeps silent otherwise"),
    ]
    sure = certainty.intervals(found.answers)
    names = {"balanced accuracy": "balanced_accuracy", "over 2 seconds": "window_balanced_accuracy"}
    names["surest half"] = "answered.0.5"
    boxes = "".join(
        f'<div class="tile"><b>{share:.0%}</b><span>{name}</span><span>{_between(sure.get(names.get(name, "")))}</span>'
        f"<small>{text}</small></div>"
        for name, share, text in tiles
        if share is not None
    )
    how = html.escape(found.split.reason[0].upper() + found.split.reason[1:])
    return (
        f'<div class="tiles">{boxes}</div><p>{how}: {len(truth)} samples that the examined network had not seen. '
        "The model in the file was then trained on all samples, and should be no worse. With a probability of 95 % a "
        "figure lies between the two beside it.</p>"
    )


def _between(interval: tuple[float, float] | None) -> str:
    return "" if interval is None else f" ({100 * interval[0]:.0f}–{100 * interval[1]:.0f})"


def _labels(found: Examined) -> str:
    answers = found.answers
    recall = figures.recall(answers.truth, answers.shares.argmax(1))
    counts = Counter(found.data.label.tolist())
    sure = certainty.intervals(answers)
    rows = [
        (label, recall[index], f"{recall[index]:.0%}{_between(sure[f'recall.{label}'])}")
        for index, label in enumerate(answers.labels)
        if index in recall
    ]
    total = ", ".join(f"{html.escape(label)} {counts[label]}" for label in answers.labels)
    return charts.bars(rows, "Share of each label that was read right") + f"<p>Samples in all: {total}.</p>"


def _confusion(found: Examined) -> str:
    answers = found.answers
    counts = figures.confusion(answers.truth, answers.shares.argmax(1), len(answers.labels))
    return charts.confusion(counts, answers.labels)


def _groups(found: Examined) -> str:
    data = found.answers.data
    parts = []
    for kind, names in (("person", data.person), ("session", data.session)):
        rows = _group_rows(found, names)
        if rows and not (len(rows) == 1 and names[0] == ""):
            shown = charts.bars(rows[:ROWS_SHOWN], f"Accuracy by {kind}")
            more = f"<p>… and {len(rows) - ROWS_SHOWN} that are read better.</p>" if len(rows) > ROWS_SHOWN else ""
            parts.append(f"<h3>By {kind}, the worst first</h3>{shown}{more}")
    none = (
        f"The recordings do not say of whom and of which session they are, or are of fewer than {GROUP_LEAST} samples."
    )
    return "".join(parts) or f"<p>{none}</p>"


def _group_rows(found: Examined, names: NDArray[np.str_]) -> list[tuple[str, float, str]]:
    right = found.answers.shares.argmax(1) == found.answers.truth
    rows = []
    for name in np.unique(names).tolist():
        chosen = names == name
        if chosen.sum() < GROUP_LEAST:
            continue
        share = float(right[chosen].mean())
        rows.append((name or "(no name)", share, f"{share:.0%} of {int(chosen.sum())}"))
    return sorted(rows, key=lambda row: row[1])


def _in_time(found: Examined) -> str:
    shown = sorted(found.answers.streams, key=lambda stream: -len(np.unique(stream.truth)))
    if not shown:
        return "<p>The recordings have no times.</p>"
    said = streams.summary(shown, found.answers.labels)
    rows = {
        "right": f"{said['right'].value:.0%} of the time",
        "not sure": f"{said['not_sure'].value:.0%}",
        "wrong": f"{said['wrong'].value:.0%}",
        "false moods": "none was at rest"
        if np.isnan(said["false_moods_a_minute"].value)
        else f"{said['false_moods_a_minute'].value:.1f} a minute at rest",
        "settled after": "never"
        if np.isnan(said["latency_seconds"].value)
        else f"{said['latency_seconds'].value:.1f} s",
    }
    table = "".join(f"<tr><th>{name}</th><td>{text}</td></tr>" for name, text in rows.items())
    drawings = "".join(
        f"<h3>{html.escape(stream.person.removeprefix(chr(0)) or 'one person')}</h3>"
        + charts.timeline(stream.at, stream.truth, stream.settled, stream.belief, found.answers.labels)
        for stream in shown[:STREAMS_SHOWN]
    )
    text = (
        "Held-out samples one after another at their own times, with the neutral face that calibrates itself. Grey: "
        "what was shown; the line: the belief in it, 0 to 1; the bar below: what had settled, rightly or wrongly."
    )
    return f"<table>{table}</table>{drawings}<p>{text}</p>"


def _reliability(found: Examined) -> str:
    answers = found.answers
    error = figures.calibration_error(answers.truth, answers.shares)
    drawing = charts.reliability(figures.reliability(answers.truth, answers.shares))
    text = f"Confidence and truth are {error:.0%} apart on average (temperature {found.manifest.temperature:.2f})."
    return f"{drawing}<p>{text} Dots on the line are honest; below it, the model is too sure.</p>"


def _answered(found: Examined) -> str:
    answers = found.answers
    points = [(part, figures.answered(answers.truth, answers.shares, part)) for part in np.linspace(0.05, 1, 39)]
    texts = [f"{figures.answered(answers.truth, answers.shares, p):.0%} at {p:.0%}" for p in figures.ANSWERED]
    return f"{charts.answered(points)}<p>Right when answered: {', '.join(texts)}.</p>"


def _measures(found: Examined) -> str:
    top = [(name, lost) for name, lost in found.matters.items() if lost > 0][:MEASURES_SHOWN]
    if not top:
        return "<p>No single measure matters much.</p>"
    rows = [(name.replace("_", " "), lost, f"−{lost:.1%}") for name, lost in top]
    text = "Balanced accuracy that is lost when a measure is shuffled among the samples."
    return charts.bars(rows, "Which measures matter", most=top[0][1]) + f"<p>{text}</p>"


def _examples(found: Examined) -> str:
    answers = found.answers
    guess = answers.shares.argmax(1)
    wrong = np.flatnonzero(guess != answers.truth)
    if not len(wrong):
        return "<p>None: every held-out sample was read right.</p>"
    pairs = Counter(zip(answers.truth[wrong].tolist(), guess[wrong].tolist(), strict=True))
    boxes = []
    for (shown, read), count in pairs.most_common(EXAMPLES):
        rows = wrong[(answers.truth[wrong] == shown) & (guess[wrong] == read)]
        surest = rows[answers.shares[rows].max(1).argmax()]
        told = f"{answers.labels[shown]} read as {answers.labels[read]}"
        drawing = charts.face(
            answers.data.face[surest], answers.data.left_hand[surest], answers.data.right_hand[surest], told
        )
        sure = float(answers.shares[surest].max())
        caption = f"<b>{html.escape(answers.labels[shown])}</b> read as <b>{html.escape(answers.labels[read])}</b>"
        boxes.append(f"<figure>{drawing}<figcaption>{caption}<br>{sure:.0%} sure; {count} such</figcaption></figure>")
    return f'<div class="faces">{"".join(boxes)}</div><p>The surest mistake of each kind, as its landmarks.</p>'


def _origin(found: Examined) -> str:
    manifest = found.manifest
    rows = {
        "measures": manifest.schema,
        "hands": "yes" if manifest.uses_hands else "no",
        "pictures": "mirrored" if manifest.mirrored else "not mirrored",
        "landmarks": manifest.extractor,
        "moodkiosk": manifest.version,
        "TensorFlow Lite against Keras": f"at most {found.difference:.0e} apart",
    }
    table = "".join(f"<tr><th>{name}</th><td>{html.escape(text)}</td></tr>" for name, text in rows.items())
    sources = "".join(
        f"<tr><td>{html.escape(source.path.name)}</td><td>{source.samples}</td><td><code>{source.sha256[:12]}</code></td></tr>"
        for source in found.data.sources
    )
    notes = _list([finding.text for finding in found.findings]) if found.findings else ""
    return (
        f"<table>{table}</table>{notes}<details><summary>{len(found.data.sources)} files</summary>"
        f"<table><tr><th>file</th><th>samples</th><th>sha256</th></tr>{sources}</table></details>"
    )


def _list(lines: list[str]) -> str:
    return f"<ul>{''.join(f'<li>{html.escape(line)}</li>' for line in lines)}</ul>"
