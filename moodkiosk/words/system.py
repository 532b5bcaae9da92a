"""What the operating system says of an error, in the reader's words: it speaks the language of its own environment."""

from __future__ import annotations

import errno

from moodkiosk.words.reason import Reason

NO_FILE = "not a regular file"
"""Not the system's, though it comes as one of its errors: `host.files` refuses pipes, terminals and folders so."""


def system(error: OSError) -> str:
    """Why it was not done, "No such file or directory"; one that there are no words for, as the system says it."""
    if error.strerror == NO_FILE:
        return Reason("file.not_regular")
    name = errno.errorcode.get(error.errno or 0, "")
    if name and error.strerror:
        return Reason(f"system.{name}", text=error.strerror)
    return error.strerror or str(error)  # such as of a name that nobody knows


def with_file(error: OSError) -> str:
    """The same with the file that it is about, where the error names one."""
    why = system(error)
    return Reason("file.unusable", path=str(error.filename), reason=why) if error.filename else why
