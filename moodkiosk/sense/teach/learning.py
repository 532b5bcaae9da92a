"""From takes to a model that has proved itself: examine, train on everything, write. Step by step, with numpy alone."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from moodkiosk import __version__
from moodkiosk.host.digest import sha256_hex
from moodkiosk.moods.reading import AT_REST
from moodkiosk.sense.mood.bundle import Manifest, bundle
from moodkiosk.sense.teach import dense, doubts, examination, figures, flatbuffer, masks, proof, recipe
from moodkiosk.sense.teach.doubts import Doubt, NotTaught
from moodkiosk.sense.teach.samples import stacked

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from moodkiosk.sense.teach.dense import Base
    from moodkiosk.sense.teach.examination import Answers
    from moodkiosk.sense.teach.samples import Samples
    from moodkiosk.sense.teach.takes import Take

    Floats = NDArray[np.float32]

MADE = "teach"
"""In the manifest of a model that was taught at the kiosk."""

NOBODY: Mapping[str, Floats] = MappingProxyType({})
LEAST_FRAMES = 5
"""A label needs a take of so many: to learn from, and to be examined."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it is: steps done, of `total`. Each takes some milliseconds."""

    done: int
    total: int


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """A finished model, and what is known of it.

    Attributes:
        file: its bytes (contract 2).
        manifest: what it says of itself; `made` is "teach".
        before, after: balanced accuracy of the model before and of this one, on frames that were held out.
        people: the same two for each person, by name.
        recalls: share of each taught label's held-out frames that is read right, before and after.
        guessed: the probability that answers which know nothing are as good as those of this model.
        by_chance: the probability that it seems better than the one before by chance.
        doubts: what is odd about the takes.
    """

    file: bytes
    manifest: Manifest
    before: proof.Figure
    after: proof.Figure
    people: dict[str, tuple[proof.Figure, proof.Figure]]
    recalls: dict[str, tuple[float, float]]
    guessed: float
    by_chance: float
    doubts: tuple[Doubt, ...]

    @property
    def better(self) -> bool:
        """Whether it is better than the one before beyond chance: only then is it used."""
        gained = self.after.value > self.before.value
        return gained and self.guessed <= proof.GUESSED and self.by_chance <= proof.NO_BETTER


def learn(
    takes: Sequence[Take],
    starter: bytes,
    seed: int = 0,
    before: bytes | None = None,
    neutrals: Mapping[str, Floats] = NOBODY,
) -> Iterator[Progress | Outcome]:
    """Learns from these takes; the last thing it yields is the outcome.

    Between two steps the caller may do whatever else it has to do; a step takes some milliseconds.

    Args:
        takes: of one or more people, measured by `dense.schema_of(starter)`.
        starter: a model file's bytes, to start from.
        seed: same takes, same seed: same file.
        before: the file of the model in use, to be better than; None: the starter.
        neutrals: people's own faces at rest that were known before, as measures: with these the model in use reads
            them. Who gives a neutral look for the first time is read better for that alone, and it counts.

    Raises:
        NotTaught: nothing can be learnt from these takes; at the first step.
        BadModel: the starter cannot be trained further, or the model in use looks at hands; likewise.
    """
    base = dense.base_of(starter)
    _check(takes)
    labels = (*base.labels, *sorted({take.label for take in takes} - set(base.labels)))
    samples, parts = stacked(takes), examination.parts(takes)
    rival = examination.rival(before, base, takes, neutrals)
    settings = recipe.settings_for(base, len(samples.x), None, seed)
    trainings = len(parts) * (2 if rival.seen.any() else 1) + 1
    whole, done = trainings * settings.epochs, 0
    work = _work(takes, samples, parts, labels, base, rival, settings)
    while True:
        try:
            next(work)
        except StopIteration as end:
            yield end.value
            return
        done += 1
        yield Progress(done, max(whole, done))


def _check(takes: Sequence[Take]) -> None:
    longest = {take.label: 0 for take in takes}
    for take in takes:
        longest[take.label] = max(longest[take.label], len(take))
    if AT_REST not in longest:
        raise NotTaught(Doubt("no neutral", {"label": AT_REST}))
    if len(longest) < 2:
        raise NotTaught(Doubt("one label", {"label": AT_REST}))
    for label, frames in longest.items():
        if frames < LEAST_FRAMES:
            raise NotTaught(Doubt("few frames", {"label": label, "frames": frames, "least": LEAST_FRAMES}))


def _work(
    takes: Sequence[Take],
    samples: Samples,
    parts: Sequence[examination.Part],
    labels: tuple[str, ...],
    base: Base,
    rival: examination.Rival,
    settings: recipe.TrainingSettings,
) -> Generator[float, None, Outcome]:
    answers = yield from examination.examine(samples, parts, labels, base, rival, settings)
    everything = np.ones(len(samples.x), bool)
    final = yield from examination.taught(samples, everything, labels, base, settings)
    truth, after = answers.truth, answers.after
    take = samples.take[answers.row]
    figure = proof.figure(truth, after, take)
    recalls = _recalls(answers, labels)
    manifest_metrics: dict[str, float | None] = {
        "balanced_accuracy": round(figure.value, 4),
        "accuracy": round(float((truth == after).mean()), 4),
        **{f"recall.{label}": round(share, 4) for label, (_, share) in recalls.items()},
        "held_out_samples": len(truth),
    }
    network = flatbuffer.to_tflite(final.weights)
    manifest = Manifest(
        labels=labels,
        schema=base.schema,
        extractor=", ".join(sorted({take.extractor for take in takes})),
        mirrored=False,
        uses_hands=False,
        neutral_mean=tuple(final.usual.astype(float).round(6).tolist()),
        temperature=round(figures.best_temperature(truth, answers.shares), 4),
        network_sha256=sha256_hex(network),
        metrics=manifest_metrics,
        training_files={take.name: take.sha256 for take in takes},
        version=__version__,
        covered_mouths=masks.taught(labels, samples.label, samples.covered, truth, after, samples.covered[answers.row]),
        made=MADE,
    )
    return Outcome(
        file=bundle(network, manifest, {dense.FILE: dense.packed(final.weights)}),
        manifest=manifest,
        before=proof.figure(truth, answers.before, take),
        after=figure,
        people=_people(answers, samples),
        recalls=recalls,
        guessed=proof.guessed(truth, after),
        by_chance=proof.no_better(answers.before == truth, after == truth),
        doubts=doubts.found(samples, base),
    )


def _recalls(answers: Answers, labels: tuple[str, ...]) -> dict[str, tuple[float, float]]:
    pairs = (figures.recall(answers.truth, guess) for guess in (answers.before, answers.after))
    before, after = pairs
    return {labels[number]: (before[number], after[number]) for number in before}


def _people(answers: Answers, samples: Samples) -> dict[str, tuple[proof.Figure, proof.Figure]]:
    person, take = samples.person[answers.row], samples.take[answers.row]
    found = {}
    for name in np.unique(person).tolist():
        rows = person == name
        before, after = (
            proof.figure(answers.truth[rows], guess[rows], take[rows]) for guess in (answers.before, answers.after)
        )
        found[name] = (before, after)
    return found
