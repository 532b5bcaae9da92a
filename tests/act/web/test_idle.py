"""While nothing happens the page does next to nothing: on a Pi the same processor has to look at faces."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, CDPSession, Page

from moodkiosk.moods.view import View
from tests.act.web.test_page import ALONE, SEEN
from tests.support.browser import opened
from tests.support.web import page_only

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TICK = """() => new Promise((done) => {
    const clock = document.getElementById('clock');
    new MutationObserver((_, observer) => { observer.disconnect(); done(); })
        .observe(clock, { childList: true, characterData: true, subtree: true });
})"""


def next_minute(page: Page) -> None:
    """Waits until the page's clock has gone on; that is all that moves by itself. It is not asked meanwhile."""
    page.evaluate(TICK)


def work(line: CDPSession) -> dict[str, float]:
    """What Chromium counts of the page since it was loaded."""
    return {each["name"]: each["value"] for each in line.send("Performance.getMetrics")["metrics"]}


def renderer_seconds(browser: Browser) -> float:
    """Processor time of what draws pages, by Chromium's own account of its processes."""
    line = browser.new_browser_cdp_session()
    found = line.send("SystemInfo.getProcessInfo")["processInfo"]
    line.detach()
    return float(sum(each["cpuTime"] for each in found if each["type"] == "renderer"))


@pytest.mark.parametrize("view", [SEEN, ALONE], ids=["somebody is there", "nobody is there"])
def test_in_a_minute_in_which_nothing_happens_the_page_only_moves_its_clock(
    browser: Browser, tmp_path: Path, view: View
) -> None:
    with page_only(tmp_path) as (kiosk, address), opened(browser, address, reduced_motion="no-preference") as watched:
        kiosk.show(view)
        line = watched.page.context.new_cdp_session(watched.page)
        line.send("Performance.enable")
        next_minute(watched.page)
        before, spent, asked = work(line), renderer_seconds(browser), len(watched.requests)
        next_minute(watched.page)
        after = work(line)
        done = {name: after[name] - before[name] for name in ("LayoutCount", "RecalcStyleCount", "TaskDuration")}
        print(f"in a minute: {done}, {renderer_seconds(browser) - spent:.2f} s of the processor")
        assert done["LayoutCount"] <= 3, done
        assert done["RecalcStyleCount"] <= 6, done
        assert len(watched.requests) == asked, watched.requests[asked:]
