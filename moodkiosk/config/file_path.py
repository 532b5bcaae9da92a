"""What a path may be in a configuration: both halves read it, each as a user of its own."""

from __future__ import annotations

import os
import re

from moodkiosk.words.reason import Reason

PATH_LETTERS, NAME_LETTERS = 4095, 255
"""The longest path and the longest name in it that Linux takes, in bytes (PATH_MAX, NAME_MAX)."""


def as_written(text: str) -> str:
    """A path (or URL) as it stands in a configuration. Raises ValueError with what was expected, in words for people.

    "~" and "$HOME" are refused: each half runs as a user of its own, and would look in another folder than whoever
    wrote it.
    """
    if re.match(r"~|\$\{?[A-Za-z_]", text):
        meant = os.path.expanduser(os.path.expandvars(text))  # noqa: PTH111 - it never raises
        raise ValueError(
            Reason("config.whole_path_such" if meant.startswith("/") else "config.whole_path", meant=meant)
        )
    longest = max(map(len, text.encode().split(b"/")))
    if "://" not in text and (longest > NAME_LETTERS or len(text.encode()) > PATH_LETTERS):
        raise ValueError(Reason("config.long_path", letters=len(text), most=NAME_LETTERS))
    return text
