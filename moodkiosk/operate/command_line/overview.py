"""The help of the whole command line: every command, by what people want of it."""

from __future__ import annotations

import argparse
import re
import textwrap
from typing import NoReturn

from moodkiosk.config.arguments import Parser
from moodkiosk.failure import UsageError
from moodkiosk.words.language import say, translated
from moodkiosk.words.reason import Reason

PURPOSES: dict[str, tuple[str, ...]] = {
    "see": ("demo", "status", "why", "replay"),
    "play": ("recommend", "choose", "more-like", "not-again", "play", "pause", "next", "volume", "mood", "music"),
    "teach": ("teach", "calibrate", "person", "correct", "remember", "collect", "model", "reload"),
    "set_up": ("run", "login", "tunes", "web-password", "web", "completion"),
    "mend": ("doctor", "camera", "forget", "discovery"),
    "systemd": ("act", "sense"),
}
"""The commands by what people want of them, as the help has them. `skip` is another word for `next`."""
COMMANDS = tuple(name for names in PURPOSES.values() for name in names)

WHERE_IT_SAYS = 16
"""The column in which the help says what a command does."""


class ByPurpose(argparse.HelpFormatter):
    """Keeps the lines of the help; what is longer than the terminal folds below where it says what a command does."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:  # noqa: ARG002 - argparse's own
        folded = []
        for line in text.splitlines():
            below = " " * WHERE_IT_SAYS if line.startswith(" ") else ""
            folded += textwrap.wrap(line, width, subsequent_indent=below, break_on_hyphens=False) or [""]
        return "\n".join(folded)


class Commands(Parser):
    """The whole of them; its help has them by purpose."""

    def overview(self, tag: str) -> str:
        """What the kiosk is, and every command."""
        return overview(tag)

    def error(self, message: str) -> NoReturn:
        """Of a command that there is not: which one may be meant, instead of the whole list."""
        if found := re.match(r"argument COMMAND: invalid choice: '(.*?)' \(choose", message, re.DOTALL):
            import difflib  # only what is misspelt needs it

            near = difflib.get_close_matches(found[1], COMMANDS, n=1)
            meant = Reason("arguments.meant", name=near[0]) if near else Reason("arguments.see_help")
            raise UsageError(Reason("arguments.no_command", given=repr(found[1]), meant=meant))
        super().error(message)


def overview(tag: str) -> str:
    """The commands by purpose, with what each does."""
    lines = [say(tag, "help.kiosk")]
    for purpose, names in PURPOSES.items():
        lines += ["", say(tag, f"help.for.{purpose}")]
        lines += [f"{f'  {name}':<{WHERE_IT_SAYS}}{translated(does(name), tag)}" for name in names]
    return "\n".join(lines)


def does(name: str) -> Reason:
    """What a command does."""
    return Reason(f"help.does.{name.replace('-', '_')}")
