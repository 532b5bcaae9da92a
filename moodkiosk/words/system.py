"""What the operating system says of an error, in the reader's words: it speaks the language of its own environment."""

from __future__ import annotations

import errno

from moodkiosk.words.reason import Reason


def system(error: OSError) -> str:
    """Why it was not done, "No such file or directory"; one that there are no words for, as the system says it."""
    name = errno.errorcode.get(error.errno or 0, "")
    if name and error.strerror:
        return Reason(f"system.{name}", text=error.strerror)
    return error.strerror or str(error)  # such as of a name that nobody knows
