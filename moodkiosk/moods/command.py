"""What somebody asks for, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass

from moodkiosk.moods.choice import Taste
from moodkiosk.moods.lesson import Lesson


@dataclass(frozen=True, slots=True)
class Command:
    """A valid request.

    Attributes:
        name: a key of `commands.TABLE`.
        value: "on"/"off"/"lend", a text, a whole number for percent, what is wished for with "recommend", what is to be
            taught with "teach", or None.
        transaction: the caller's mark, echoed in the result.
        origin: "cli", "web" or "mqtt".
    """

    name: str
    value: str | int | Taste | Lesson | None = None
    transaction: str | None = None
    origin: str = "cli"


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a request.

    Attributes:
        command, transaction: of the request.
        ok: it was done; where music is asked for: it plays.
        error: why not, in one line.
        text: what was done, in one line; after an error, what there is all the same (such as a link).
        data: the answer of "why" and "status", else None.
    """

    command: str
    ok: bool
    error: str | None = None
    text: str = ""
    transaction: str | None = None
    data: object = None
