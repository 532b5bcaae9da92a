"""How the half that talks is put together; what happens is in `loop`."""

from __future__ import annotations

import logging
import math
import secrets
import sys
import threading
import time
from concurrent.futures import Future
from typing import TYPE_CHECKING

from moodkiosk.act import health
from moodkiosk.act.clock import WallClock
from moodkiosk.act.homeassistant.about import Offered
from moodkiosk.act.loop import Loop
from moodkiosk.act.measuring import Measuring
from moodkiosk.act.metrics import Metrics
from moodkiosk.act.mqtt.publisher import Publisher
from moodkiosk.act.pause import CALM_SECONDS
from moodkiosk.act.players import choose
from moodkiosk.act.players.performer import Performer
from moodkiosk.act.players.player import Player
from moodkiosk.act.ports import Ports, Request, SenseLate, SenseLeft
from moodkiosk.act.say import Teller
from moodkiosk.act.sockets import ControlServer, SenseLink
from moodkiosk.act.store import Store
from moodkiosk.act.surroundings import Surroundings, status_line
from moodkiosk.config import mistakes
from moodkiosk.config.languages import reader
from moodkiosk.config.running import Configuration
from moodkiosk.config.settings import Config
from moodkiosk.decide import kiosk
from moodkiosk.failure import Failure
from moodkiosk.host import paths, systemd
from moodkiosk.host.guard import Guard
from moodkiosk.link.messages import FromSense, Hello, Teaching
from moodkiosk.moods.command import Result
from moodkiosk.moods.decision import Decision
from moodkiosk.moods.event import MoodEvent
from moodkiosk.moods.report import LookReport
from moodkiosk.moods.song import Song
from moodkiosk.moods.view import View
from moodkiosk.words.language import FALLBACK
from moodkiosk.words.reason import Reason
from moodkiosk.words.system import with_file

if TYPE_CHECKING:
    from pathlib import Path

    from moodkiosk.act.web.server import Page

STOP_SECONDS = 1.0

FEED_SHARE = 3 / 4
"""The watchdog is fed after so much of its time at the latest: of 90 seconds that is longer than the longest wait."""

STARTING_SECONDS = 0.5
"""So often it is looked whether everything around has had its first attempt."""

log = logging.getLogger("moodkiosk.act")


class Act:
    """Everything around the main loop, made in the order in which it depends on each other."""

    def __init__(self, configuration: Configuration, *, as_json: bool) -> None:
        self.configuration = configuration
        settings = configuration.running
        self.wall = WallClock()
        self.metrics = Metrics()
        begin = health.Begin(time.monotonic())
        self.unknown_moods: str | None = None
        self.ready = False
        self.watchdog_seconds = systemd.watchdog_seconds()
        self.fed_at = float("-inf")
        self.guard = Guard(log)
        state_dir = paths.state_dir(settings.paths, "act")
        self.store = Store(state_dir)
        journal = systemd.in_journal(sys.stdout)
        tag = FALLBACK if journal else reader(settings.kiosk.language)
        self.teller = Teller(self.wall.always, as_json=as_json, stamp=not journal, tag=tag)
        decide = settings.for_decide()
        state = kiosk.start(decide, self.store.load(), session=secrets.token_hex(4))
        # Whoever prints every look wants every look.
        self.loop = Loop(decide, state, self._ports(), calm_seconds=0.0 if as_json else CALM_SECONDS)
        self.publisher = (
            Publisher(
                settings,
                self.loop.ask,
                self.wall.always,
                announced=Offered(state.labels, state.enrolled, state.remembers is True),
                status_changed=self.loop.wake,
            )
            if settings.mqtt.enabled
            else None
        )
        self.page = self._page(state_dir) if settings.web.enabled else None
        self.performer = Performer(self._make_player(), self.loop.put, self.guard)
        link, control = paths.link_socket(settings.paths), paths.control_socket(settings.paths)
        try:
            self.bridge = SenseLink(link, self._from_sense)
            self.control = ControlServer(control, self.loop.ask)
        except OSError as error:
            raise Failure(Reason("cannot.listen", reason=with_file(error))) from None
        self.surroundings = Surroundings(
            configuration, self.loop, self.bridge, self.performer.player, self.store, self.publisher, self.page
        )
        guards = (self.guard, self.control.guard, *((self.publisher.guard,) if self.publisher else ()))
        self.measuring = Measuring(
            begin, self.wall.always, self.loop, self.bridge, self.metrics, self.publisher, guards
        )

    @property
    def settings(self) -> Config:
        """Those that hold now."""
        return self.configuration.running

    def run(self, stop: threading.Event, again: threading.Event) -> None:
        """Turns the loop until `stop`, then takes leave of everybody; reloads when `again` is set, and clears it."""
        self.again = again
        if self.page is not None:
            self.page.start()
        if self.publisher is not None:
            self.publisher.start()
        try:
            self.loop.run(stop, self._now, self._after_turn)
        finally:
            systemd.notify("STOPPING=1")
            self.control.close()
            self.bridge.close()
            self.performer.stop(STOP_SECONDS)
            self.loop.remember(self._now())
            if self.page is not None:
                self.page.stop()
            if self.publisher is not None:
                self.publisher.stop()

    def _page(self, state_dir: Path) -> Page:
        from moodkiosk.act.web.server import Page  # 20 MB that a kiosk without a page need not have

        def cover(key: str) -> bytes | None:
            return self.performer.player.cover(key)  # which is made later

        return Page(self.settings, self.loop.ask, state_dir, self.wall.always, self.metrics.text, cover)

    def _ports(self) -> Ports:
        return Ports(
            reading=self.teller.reading,
            event=self._event,
            decision=self._decision,
            show=self._show,
            carry_out=lambda decision: self.performer.carry_out(decision),
            order=lambda order: self.bridge.send(order),
            keep=self.store.keep,
            hello=self._hello,
            status=lambda view: self.surroundings.status(view),
            look=lambda: self.performer.look(),
            reload=self._reload,
            find=lambda wanted: self.performer.find(wanted),
            offer=self._offer,
            teaching=self._teaching,
            doubt=self._doubt,
        )

    def _now(self) -> kiosk.Now:
        return kiosk.Now(time.monotonic(), self.wall.now())

    def _from_sense(self, message: FromSense | SenseLate | None) -> None:
        self.loop.put(SenseLeft() if message is None else message)

    def _make_player(self) -> Player:
        """As configured now."""
        state_dir = paths.state_dir(self.settings.paths, "act")
        return choose.make(self.settings, state_dir, self._publish, hear=self.loop.put)

    def _reload(self) -> str:
        """Takes the configuration again; the player is another one if it has to be. Raises ConfigError."""
        before, text = self.configuration.take()
        settings = self.settings
        self.loop.configure(settings.for_decide())
        if any(getattr(settings, name) != getattr(before, name) for name in ("music", "spotify", "mpd")):
            self.performer.player.change(self._make_player)
        if settings != before and self.publisher is not None:
            self.publisher.configure(settings)
        if settings.music.player != before.music.player:  # what another player has started is none of this one's
            self.loop.put(LookReport("nothing", time.monotonic()))
        return text

    def _hang_up(self) -> None:
        """Somebody has asked by a signal: the answer is for the log."""

        def say(found: Future[Result]) -> None:
            result = found.result()
            text = f"{result.error}; {result.text}" if result.error else result.text
            log.log(logging.INFO if result.ok else logging.WARNING, "reload: %s", text)

        self.loop.ask(Request("reload")).add_done_callback(say)

    def _publish(self, topic: str, payload: bytes) -> bool:
        return self.publisher is not None and self.publisher.publish(topic, payload)

    def _event(self, event: MoodEvent) -> None:
        self.teller.event(event)
        self.metrics.tell(event)
        if self.publisher is not None:
            self.publisher.tell(event)
        if self.page is not None:
            self.page.tell(event)

    def _decision(self, decision: Decision) -> None:
        self.teller.decision(decision)
        self.metrics.decided(decision)
        if self.page is not None:
            self.page.decided(decision)

    def _show(self, view: View) -> None:
        if self.publisher is not None:
            self.publisher.show(view)
        if self.page is not None:
            self.page.show(view)
        systemd.notify(f"STATUS={status_line(view)}")

    def _offer(self, songs: tuple[Song, ...]) -> None:
        if self.publisher is not None:
            self.publisher.offer(songs)
        if self.page is not None:
            self.page.offer(songs)

    def _doubt(self, until: float) -> None:
        if self.publisher is not None:
            self.publisher.doubt(until)

    def _teaching(self, teaching: Teaching | None) -> None:
        if self.page is not None:
            self.page.teaching(teaching)

    def _hello(self, hello: Hello) -> None:
        if self.publisher is not None:
            self.publisher.hello(hello)
        unknown = mistakes.unknown_moods(self.settings.music.moods, hello.labels) if hello.labels else None
        if unknown is not None and unknown != self.unknown_moods:
            log.warning("%s (it says: %s)", unknown, ", ".join(hello.labels))
        self.unknown_moods = unknown

    def _after_turn(self, at: float, next_at: float) -> float:
        """What is to be done beside the turns; says when it is due again at the latest.

        What is due before the loop turns next, at `next_at`, is done now: one waking up serves all. Monotonic seconds.
        """
        fed = self._feed(at)
        if self.again.is_set():
            self.again.clear()
            self._hang_up()
        if not self.ready and (self.publisher is None or self.publisher.status != "connecting"):
            # After the first attempt at the broker, however it ended: without one the kiosk works all the same.
            systemd.notify("READY=1")
            self.ready = True
        player = self.performer.hear()
        if self.page is not None:
            self.page.health(self.surroundings.found())
        starting = math.inf if self.ready else at + STARTING_SECONDS
        measured = self.measuring.turn(at, next_at, player, graphed=self.settings.web.metrics)
        return min(fed, starting, measured, self.store.due)

    def _feed(self, at: float) -> float:
        """Feeds the watchdog, with a turn that took place; when the next one must."""
        watchdog = self.watchdog_seconds
        if watchdog is None or at - self.fed_at >= watchdog / 4:
            self.fed_at = at
            systemd.notify("WATCHDOG=1")
        return math.inf if watchdog is None else self.fed_at + FEED_SHARE * watchdog
