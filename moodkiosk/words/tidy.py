"""Names and texts of other programs, such as a song's tags, made fit to be shown: one line, of bounded length."""

from __future__ import annotations

import re

LETTERS = 300
"""Longer ones are cut: a tag may be of any length."""

# Control characters, which a terminal obeys; ends of lines; marks that turn the direction of whatever stands behind
# them; halves of letters, which no encoding knows. Joiners stay: Hindi, Persian and emoji are written with them.
_ODD = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]+")


def tidy(text: str) -> str:
    """The text as one line of at most `LETTERS`; it itself where nothing is to be done, so a reason stays one."""
    if len(text) <= LETTERS and not _ODD.search(text):
        return text
    line = " ".join(_ODD.sub(" ", text[: 4 * LETTERS]).split())
    return line if len(line) <= LETTERS else f"{line[: LETTERS - 1]}…"
