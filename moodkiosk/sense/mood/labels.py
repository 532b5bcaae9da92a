"""What a model may call its moods: plain text, each unlike the others, none a word that means something else."""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Sequence

from moodkiosk.words.reason import Reason

MAX_LABELS = 64
"""More than anybody can show; a damaged manifest may claim any number."""
LABEL_LETTERS = 60

RESERVED = {
    "auto": Reason("label.means_auto"),
    "nobody": Reason("label.means_nobody"),
    "not sure": Reason("label.means_unsure"),
    "not_sure": Reason("label.means_unsure"),
    "none": Reason("label.means_nothing"),
    "null": Reason("label.means_json"),
    "unknown": Reason("label.means_nothing"),
    "unavailable": Reason("label.means_away"),
    "lend": Reason("label.means_lend"),
    "on": Reason("label.means_on"),
    "off": Reason("label.means_off"),
}
"""Words that commands, the page or Home Assistant use for something else, in lower case, and what they mean there."""


def fit_for_label(label: str) -> bool:
    """Whether a model can have this label: plain text of 1 to 60 letters, no space around it, in Unicode's NFC.

    Commands bring their values into that form; another one could never be named.
    """
    plain = label == label.strip() and 0 < len(label) <= LABEL_LETTERS and label.isprintable()
    return plain and unicodedata.is_normalized("NFC", label)


def meaning(label: str) -> str | None:
    """What the label means already, whatever its case, in words that follow it; None: it is free."""
    return RESERVED.get(folded(label))


def alike(labels: Sequence[str]) -> tuple[str, str] | None:
    """The first two labels that differ in case or Unicode form only, if there are such."""
    return next(
        ((one, other) for one, other in itertools.combinations(labels, 2) if folded(one) == folded(other)), None
    )


def complaint(labels: Sequence[str]) -> str | None:
    """Why no model can have these labels, in one line; None: it can."""
    if not 1 <= len(labels) <= MAX_LABELS:
        return Reason("label.number", found=len(labels), most=MAX_LABELS)
    for label in labels:
        if not fit_for_label(label):
            return Reason("label.not_plain", label=repr(label), most=LABEL_LETTERS)
        if (means := meaning(label)) is not None:
            return Reason("label.means_else", label=repr(label), means=means)
    if (twins := alike(labels)) is not None:
        return Reason("label.twins", one=repr(twins[0]), other=repr(twins[1]))
    return None


def folded(label: str) -> str:
    """The label without case and Unicode form: a caseless match by compatibility (Unicode 15, D146)."""
    fold = unicodedata.normalize("NFKD", unicodedata.normalize("NFD", label).casefold()).casefold()
    return unicodedata.normalize("NFKD", fold)
