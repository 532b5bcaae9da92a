"""The errors that end a command in one line: the operator's mistake, and the world's fault."""

from __future__ import annotations

EPILOG = "Exit codes: 0 fine, 2 a mistake in arguments or configuration, 1 anything else."
"""What every help text says at its end."""


class UsageError(Exception):
    """The operator's mistake, as one line; exit code 2."""


class Failure(Exception):
    """Something went wrong that is not the operator's mistake, as one line; exit code 1."""
