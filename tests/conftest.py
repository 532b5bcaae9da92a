"""What all tests share."""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests.support import needs

if TYPE_CHECKING:  # the page's fixtures import what they need: most tests need none of it
    from playwright.sync_api import Browser

    from tests.support.browser import Watched
    from tests.support.web import Household, Visitor

# The same examples on every run, and no limit of time for making or trying one: the machine may be busy. To look
# further: HYPOTHESIS_PROFILE=explore pytest …
settings.register_profile("suite", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("explore", deadline=None, max_examples=1000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "suite"))


# Whoever runs the tests in the background has Ctrl-C ignored, and so would every program that they start.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

TESTS = Path(__file__).parent
LONG = (
    "operate/test_control.py",
    "sense/test_process.py",
    "decide/test_invariants.py",
    "learn/collect/test_terminal.py",
    "act/players/spotify/test_login.py",
    "act/web/test_page.py",
    "sense/teach/test_learning.py",
    "act/mqtt/test_scenes.py",
    "sense/lessons/test_ledger.py",
    "sense/faces/test_networks.py",
    "act/web/test_reachable.py",
    "act/web/test_touch.py",
    "sense/test_any_order.py",
    "learn/collect/test_studio.py",
    "scripts/test_bench.py",
    "operate/test_teach.py",
    "act/web/test_teach.py",
    "learn/collect/test_remote.py",
)
"""Files of few tests that take long, the longest first. Workers take files in this order, and then those with the most
tests: the last ones are short, and nobody is waited for alone."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Puts the files in order for those who work side by side; the tests of a file stay in theirs."""
    if not hasattr(config, "workerinput"):
        return
    ranks = {TESTS / name: rank for rank, name in enumerate(LONG)}
    counts = Counter(item.path for item in items)
    items.sort(key=lambda item: (ranks.get(item.path, len(LONG)), -counts[item.path], item.path))


def _needs(item: pytest.Item) -> Iterator[str]:
    """What a test needs besides Python, by its marks."""
    yield from (needs.MARKED[mark.name] for mark in item.iter_markers() if mark.name in needs.MARKED)
    yield from (name for mark in item.iter_markers("needs") for name in mark.args)


def pytest_collection_finish(session: pytest.Session) -> None:
    """What the selected tests need is set up before the first: it may take longer than a test may."""
    if not session.config.option.collectonly:
        for name in sorted({name for item in session.items for name in _needs(item)}):
            needs.find(name)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """A test that lacks what it needs is skipped."""
    for name in _needs(item):
        if needs.find(name) is None:
            pytest.skip(f"needs {name}: scripts/test sets it up where it may")


@pytest.fixture(scope="session")
def extra() -> Path:
    """The extra material: real clips, faces and the Web API's description. Skips where it is not there."""
    given = os.environ.get("MOODKIOSK_TEST_DATA")
    if not given or not Path(given).is_dir():
        pytest.skip("needs the extra material: set MOODKIOSK_TEST_DATA")
    return Path(given)


# The page: a household behind it, visitors, and a browser before it.


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Household]:
    """The whole kiosk behind the page, without a camera."""
    from tests.support.web import household

    with household(tmp_path_factory.mktemp("home")) as found:
        yield found


@pytest.fixture
def visitor(home: Household) -> Visitor:
    """Somebody who asks the page by hand."""
    from tests.support.web import Visitor

    return Visitor(home.address)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real Chromium, which must be there."""
    from playwright.sync_api import sync_playwright

    from tests.support.browser import launch

    with sync_playwright() as playwright:
        found = launch(playwright)
        yield found
        found.close()


@pytest.fixture
def watched(browser: Browser, home: Household) -> Iterator[Watched]:
    """The page on its seven-inch screen, somebody happy before it; at the end it has not complained."""
    from playwright.sync_api import expect

    from tests.support.browser import opened

    home.see("happy")
    with opened(browser, home.address) as found:
        expect(found.page.locator("#word")).to_have_text("Happy")
        yield found
        assert found.complaints == []
