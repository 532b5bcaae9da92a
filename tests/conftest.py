"""What all tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# The same examples on every run, and no limit of time for one: the machine may be busy. To look further:
#   HYPOTHESIS_PROFILE=explore pytest …
settings.register_profile("suite", deadline=None, derandomize=True)
settings.register_profile("explore", deadline=None, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))


@pytest.fixture(scope="session")
def extra() -> Path:
    """The extra material: real clips, faces and the Web API's description. Skips where it is not there."""
    given = os.environ.get("MOODKIOSK_TEST_DATA")
    if not given or not Path(given).is_dir():
        pytest.skip("needs the extra material: set MOODKIOSK_TEST_DATA")
    return Path(given)
