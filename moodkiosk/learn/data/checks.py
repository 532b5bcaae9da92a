"""What is wrong with recordings before anything is trained on them: what cannot work, and what will disappoint."""

from __future__ import annotations

import difflib
import unicodedata
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from moodkiosk.learn.data.samples import people, vectors
from moodkiosk.learn.data.split import recordings
from moodkiosk.moods.reading import AT_REST
from moodkiosk.sense.mood.labels import MAX_LABELS, alike, fit_for_label, folded, meaning
from moodkiosk.sense.mood.measures import FACE
from moodkiosk.sense.mood.model import STARTER
from moodkiosk.sense.teach import dense, doubts, masks
from moodkiosk.sense.teach.samples import Samples

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moodkiosk.learn.data.dataset import Dataset
    from moodkiosk.sense.teach.doubts import Doubt

NAMES_SHOWN = 4
GRAVE = ("crosswise", "unlike")
"""Doubts for which nothing is trained, if they are about most of the people."""
LEAST = 5
"""A label needs this many samples: to learn from, and to be examined."""

FEW = 40
KNOWN = ("happy", "sad", "angry", "surprise", AT_REST)
"""The moods that actions are configured for by default."""

HANDS_MATTER_SHARE = 0.5
"""A label in which hands are seen in this share of the samples is taken to be told by hands."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found, as one line.

    Attributes:
        text: what it is, and what to do.
        weight: "note"; "doubt": it is not trained unless the operator insists; "fatal": nothing good can come of it.
    """

    text: str
    weight: Literal["note", "doubt", "fatal"] = "note"


def check(data: Dataset, hands: bool) -> list[Finding]:
    """All findings, the gravest first."""
    found = [
        *_labels(data),
        *_counts(data),
        *_mirrored(data, hands),
        *_extractors(data),
        *_variety(data),
        *_odd(data, hands),
    ]
    if data.twins:
        found.append(
            Finding(f"{len(data.twins)} files are copies of others and count once (e.g. {data.twins[0].name})")
        )
    return sorted(found, key=lambda finding: ("fatal", "doubt", "note").index(finding.weight))


def wants_hands(data: Dataset) -> tuple[bool, str]:
    """Whether hands tell some of the labels apart, and why: they are seen in some labels, and hardly in others."""
    seen: NDArray[np.bool_] = np.any(data.hands_seen, axis=1)
    shares = {label: float(seen[data.label == label].mean()) for label in data.labels}
    if not seen.any():
        return False, "no hands were recorded"
    with_hands = [label for label, share in shares.items() if share >= HANDS_MATTER_SHARE]
    if not with_hands:
        return False, "hands are seen in few samples of any label"
    if len(with_hands) == len(shares) and min(shares.values()) > 0.8 and set(with_hands) <= set(KNOWN):
        return False, "hands are in view all the time and all labels are moods of the face"
    return True, f"hands are seen in {', '.join(with_hands)}"


def plain(label: str) -> str:
    """A label without case and accents, by which two spellings of one label are found."""
    letters = unicodedata.normalize("NFKD", label.casefold())
    return "".join(letter for letter in letters if letter.isalnum())


def _labels(data: Dataset) -> list[Finding]:
    found, labels = [], list(data.labels)
    if len(labels) < 2:
        found.append(Finding(f"all samples are {labels[0]!r}: it takes at least two labels to tell apart", "fatal"))
    if len(labels) > MAX_LABELS:
        found.append(Finding(f"{len(labels)} labels, {MAX_LABELS} are the most: choose some with --only", "fatal"))
    found += [
        Finding(f"{label!r} cannot be a label: --rename it to plain text of at most 60 letters", "fatal")
        for label in labels
        if not fit_for_label(label)
    ]
    found += [
        Finding(f"{label!r} cannot be a label: it {means}; --rename it", "fatal")
        for label in labels
        if (means := meaning(label)) is not None
    ]
    if twins := alike(labels):
        text = f"labels {twins[0]!r} and {twins[1]!r} differ in nothing but case or Unicode form"
        found.append(Finding(f"{text}: --rename one of them", "fatal"))
    for index, label in enumerate(labels):
        for other in labels[:index]:
            if folded(label) != folded(other) and (plain(label) == plain(other) or _alike(label, other)):
                fewer, more = sorted((label, other), key=lambda name: int((data.label == name).sum()))
                text = f"labels {fewer!r} and {more!r} look like one label spelled twice: --rename {fewer}={more}"
                found.append(Finding(f"{text} (or --force, if they are two)", "doubt"))
        near = difflib.get_close_matches(label, KNOWN, n=1, cutoff=0.8)
        if label not in KNOWN and near and near[0] not in labels:
            found.append(Finding(f"label {label!r}: meant {near[0]!r}? then --rename {label}={near[0]}"))
    if AT_REST not in labels:
        found.append(Finding(f"no recordings of {AT_REST!r}: the model will see a mood in every face at rest"))
    return found


def _alike(one: str, other: str) -> bool:
    return min(len(one), len(other)) > 3 and difflib.SequenceMatcher(None, plain(one), plain(other)).ratio() > 0.85


def _counts(data: Dataset) -> list[Finding]:
    counts = Counter(data.label.tolist())
    found = [
        Finding(f"only {count} samples of {label!r}, {LEAST} are the least: record more, or --only the others", "fatal")
        for label, count in counts.items()
        if count < LEAST
    ]
    found += [
        Finding(f"only {count} samples of {label!r}: 20 seconds of it (some 200) would be better")
        for label, count in counts.items()
        if LEAST <= count < FEW
    ]
    least, most = min(counts, key=lambda name: counts[name]), max(counts, key=lambda name: counts[name])
    if counts[most] > 20 * counts[least]:
        found.append(Finding(f"{most!r} has {counts[most] // counts[least]} times as many samples as {least!r}"))
    return found


def _mirrored(data: Dataset, hands: bool) -> list[Finding]:
    if len(np.unique(data.mirrored)) == 1:
        return []
    kinds = [next(s for s in data.sources if s.mirrored == kind) for kind in (True, False)]
    names = f"{kinds[0].path.name} is mirrored, {kinds[1].path.name} is not"
    if hands:
        return [Finding(f"{names}: left and right hands cannot be told apart; choose one kind, or --hands no", "fatal")]
    return [Finding(f"{names}: without hands this does not matter")]


def _extractors(data: Dataset) -> list[Finding]:
    kinds = sorted({source.extractor for source in data.sources})
    if len(kinds) == 1:
        return []
    return [
        Finding(f"landmarks of {len(kinds)} different extractors ({', '.join(kinds)}): they do not measure quite alike")
    ]


def _odd(data: Dataset, hands: bool) -> list[Finding]:
    """What the starter and the bones of the faces have against the labels and names."""
    base = dense.base_of(STARTER.read_bytes())
    if np.isnan(data.opinion).any():
        base = base.for_schema(FACE)
    samples = Samples(
        vectors(data, base.schema), data.label, people(data), recordings(data), masks.covered(data.opinion)
    )
    found: dict[tuple[bool, str], list[str]] = {}
    for doubt in doubts.found(samples, base):
        if (text := _in_words(doubt)) is not None and not (hands and doubt.key == "alike"):  # told by the hands
            found.setdefault((doubt.key in GRAVE, text), []).append(str(doubt.fields["person"]))
    most = len(np.unique(samples.person)) / 2  # in one of many people it may be the starter that is wrong
    return [
        Finding(f"{text}{_names(names)}", "doubt" if grave and len(names) > most else "note")
        for (grave, text), names in found.items()
    ]


def _in_words(doubt: Doubt) -> str | None:
    label, other = doubt.fields.get("label"), doubt.fields.get("other")
    match doubt.key:
        case "crosswise":
            return f"{label!r} and {other!r} look swapped: nearly all samples of each look like the other"
        case "alike":
            return f"{label!r} hardly differs from {other!r}"
        case "unlike":
            return "the labels have nothing to do with what the starter model sees in the faces: mixed up?"
        case "two people":
            return "samples under one name seem to be of two people"
    return None


def _names(names: list[str]) -> str:
    known = [name for name in names if name and not name.startswith("\0")]
    more = f" and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else ""
    return f" ({', '.join(known[:NAMES_SHOWN])}{more})" if known else ""


def _variety(data: Dataset) -> list[Finding]:
    found = []
    if len(np.unique(data.person)) == 1:
        sessions = len(np.unique(data.session))
        if sessions == 1:
            found.append(Finding("one person in one sitting: other light, another day, another distance are not in it"))
    same = len(data) - len(np.unique(data.face.reshape(len(data), -1)[:, :99], axis=0))
    if same > len(data) // 10:
        found.append(
            Finding(f"{same} of {len(data)} samples are copies of others: a frozen camera, or a file pooled twice")
        )
    return found
