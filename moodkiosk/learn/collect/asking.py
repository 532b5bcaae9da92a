"""What is asked before a sitting: the spelling of labels, and who it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from moodkiosk.config.languages import languages
from moodkiosk.failure import UsageError
from moodkiosk.learn.data import labels as names
from moodkiosk.words.language import FALLBACK, say, translated
from moodkiosk.words.reason import Reason

if TYPE_CHECKING:
    from moodkiosk.learn.data.summary import Floats

Question = Callable[[str, str], str]
"""Asks a question with a default answer and returns what was answered."""


class Earlier:
    """What was recorded before into a folder. Files that cannot be read are left out.

    Attributes:
        labels: those that occur, sorted.
    """

    def __init__(self, folder: Path) -> None:
        from moodkiosk.learn.data import dataset

        self._parts = []
        for path in sorted(folder.rglob("*.npz")):
            try:
                self._parts.append(dataset.parse(path.read_bytes(), path))
            except (UsageError, OSError):
                continue
        self.labels = tuple(sorted({label for part in self._parts for label in part.labels}))

    def summary_of(self, person: str) -> dict[str, Floats]:
        """A summary of what was recorded of that person, by label. Mirror images do not compare, and are left out."""
        import numpy as np

        from moodkiosk.learn.data.summary import summarised

        found: dict[str, list[Floats]] = {}
        for part in self._parts:
            theirs = part.select((part.person == person) & ~part.mirrored)
            for label in theirs.labels:
                some = theirs.select(theirs.label == label)
                found.setdefault(label, []).append(summarised(some.face, some.left_hand, some.right_hand))
        return {label: np.concatenate(rows) for label, rows in found.items()}


def labels(typed: Iterable[str], earlier: Iterable[str], ask: Question | None, *, as_typed: bool) -> tuple[str, ...]:
    """The labels to record.

    A label that is known in another spelling, or looks like a slip, is asked about; with nobody to ask, another
    spelling is refused and a slip is left to the person. Raises UsageError.
    """
    known = [*earlier, *(name for name in names.USUAL if not names.twin(name, earlier))]
    chosen: list[str] = []
    for text in typed:
        label = names.clean(text)
        if not as_typed:
            label = _settled(label, [*known, *chosen], ask)
        chosen.append(label)
    return tuple(chosen)


def person(given: str | None, ask: Question | None) -> str:
    """The name of the person; asked for if there is somebody to ask. Raises UsageError."""
    if given is None and ask is not None:
        given = ask(Reason("collect.who"), "")
    name = " ".join((given or "").split())
    if len(name) > 60 or not name.isprintable():
        raise UsageError(Reason("collect.person"))
    return name


class Terminal:
    """Asks on the terminal, in a language; Enter takes the default."""

    def __init__(self, tag: str = FALLBACK) -> None:
        self._tag = tag

    def __call__(self, question: str, default: str) -> str:
        """What was answered."""
        try:
            return input(f"{translated(question, self._tag)} ").strip() or default
        except EOFError:
            return default


def _settled(label: str, known: list[str], ask: Question | None) -> str:
    if (twin := names.twin(label, known)) is not None:
        if ask is None:
            raise UsageError(Reason("collect.spelled", label=repr(label), twin=repr(twin)))
        return twin if _agreed(ask, Reason("collect.ask_twin", label=repr(label), twin=repr(twin))) else label
    meant = names.slip(label, known)
    if meant is not None and ask is not None:
        return meant if _agreed(ask, Reason("collect.ask_slip", label=repr(label), meant=repr(meant))) else label
    return label


def _agreed(ask: Question, question: str) -> bool:
    return is_yes(ask(Reason("collect.yes_no", question=question), "y"))


def is_yes(answer: str) -> bool:
    """Whether it begins as "yes" does in a language that there are words for, or is empty."""
    return not answer or answer.strip().lower()[:1] in {say(tag, "collect.yes")[:1] for tag in languages()}
