"""Names of moods and gestures as people type them: cleaned, compared, and the usual slips pointed out."""

from __future__ import annotations

import difflib
import itertools
import unicodedata
from collections.abc import Iterable

from moodkiosk.failure import UsageError
from moodkiosk.sense.mood.labels import meaning
from moodkiosk.words.reason import Reason

USUAL = ("neutral", "happy", "sad", "angry", "surprise", "fear", "disgust", "contempt")
"""The labels of the starter model and of the public data sets."""

FORBIDDEN = '/\\:*?"<>|'
"""Not allowed in file names on one system or another."""

CLOSE = 0.85
"""Share of letters two labels have in common (difflib's ratio) from which one looks like a slip of the other."""


def clean(text: str) -> str:
    """The label as it is recorded: one form of each letter, single spaces. Raises UsageError if it cannot be one."""
    label = " ".join(unicodedata.normalize("NFC", text).split())
    if not label:
        raise UsageError(Reason("collect.label_empty"))
    if len(label) > 60:
        raise UsageError(Reason("collect.label_long", label=repr(label[:20])))
    if not label.isprintable() or any(letter in FORBIDDEN for letter in label) or label.startswith((".", "-")):
        raise UsageError(Reason("collect.label_file", label=repr(label), letters=" ".join(FORBIDDEN)))
    if (means := meaning(label)) is not None:
        raise UsageError(Reason("label.taken", label=repr(label), means=means))
    return label


def spelled_alike(one: str, other: str) -> bool:
    """Whether two labels differ only by case, accents, spaces and signs between words."""
    return _folded(one) == _folded(other)


def twin(label: str, known: Iterable[str]) -> str | None:
    """The known label that is this one in another spelling; None if there is none, or the very same is known."""
    names = list(known)
    return None if label in names else next((name for name in names if spelled_alike(name, label)), None)


def slip(label: str, known: Iterable[str] = USUAL) -> str | None:
    """The known label this one looks like a typing slip of, as "suprise" of "surprise"; None if it does not."""
    folded = {_folded(name): name for name in known}
    mine = _folded(label)
    if mine in folded:
        return None
    close = difflib.get_close_matches(mine, list(folded), n=1, cutoff=CLOSE)
    # "surprised" is another form of a word, not a slip.
    return folded[close[0]] if close and not mine.startswith(close[0]) and not close[0].startswith(mine) else None


def traps(labels: Iterable[str]) -> list[str]:
    """Labels that may be one label spelled twice, one sentence a pair."""
    return [
        f"{one!r} and {other!r} differ only in spelling: are they one mood?"
        for one, other in itertools.combinations(sorted(set(labels)), 2)
        if spelled_alike(one, other)
    ]


def _folded(label: str) -> str:
    letters = unicodedata.normalize("NFKD", label.casefold())
    return "".join(letter for letter in letters if letter.isalnum())
