"""What all tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def extra() -> Path:
    """The extra material: real clips, faces and the Web API's description. Skips where it is not there."""
    given = os.environ.get("MOODKIOSK_TEST_DATA")
    if not given or not Path(given).is_dir():
        pytest.skip("needs the extra material: set MOODKIOSK_TEST_DATA")
    return Path(given)
