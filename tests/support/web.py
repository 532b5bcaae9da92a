"""The page on a kiosk in one process: the real loop, real decisions, a dry run; only the half that sees is played."""

from __future__ import annotations

import contextlib
import http.client
import json
import math
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from moodkiosk.act.loop import Loop
from moodkiosk.act.players.dryrun import DryRun
from moodkiosk.act.players.player import never
from moodkiosk.act.ports import Carried, Ports, Request
from moodkiosk.act.store import Store
from moodkiosk.act.web.server import Page
from moodkiosk.config.settings import Config, KioskSettings, PathSettings, WebSettings
from moodkiosk.decide import kiosk
from moodkiosk.decide.settings import MoodMusic, MoodSettings, MusicSettings, PresenceSettings
from moodkiosk.link.messages import Order, SenseHealth, SenseResult
from moodkiosk.moods.command import Result
from moodkiosk.moods.decision import Decision
from moodkiosk.moods.reading import Quality, Reading
from moodkiosk.moods.report import LookReport, PlayerReport, ReportKind
from moodkiosk.moods.song import Song, SongsReport, Wanted
from moodkiosk.moods.view import View
from tests.support import sense_lines
from tests.support.wait import until

LABELS = sense_lines.LABELS
HELLO = sense_lines.hello(teaches=True, remembers=False, model_made="starter")


def config(folder: Path, *, kiosk: KioskSettings | None = None, **web: Any) -> Config:
    """A configuration with short times; `web` are settings of the page."""
    return Config(
        kiosk=kiosk or KioskSettings(name="Living room kiosk"),
        presence=PresenceSettings(arrive_seconds=0.1, leave_seconds=0.3, unknown_seconds=3600),
        mood=MoodSettings(settle_seconds=0.5, refractory_seconds=0),
        music=MusicSettings(
            quiet_hours=(), min_minutes_between_changes=0, after_seconds=0, moods={"happy": MoodMusic(("Sunny side",))}
        ),
        web=WebSettings(**({"port": 0} | web)),
        paths=PathSettings(runtime=str(folder), state=str(folder)),
    )


def reading(mood: str | None, people: int = 1) -> Reading:
    """What the half that sees would say of such a face, now."""
    return Reading(
        time.monotonic(),
        people,
        track=1 if people else None,
        mood=mood,
        probabilities={label: 0.92 if label == mood else 0.02 for label in LABELS} if people else {},
        confidence=0.92 if mood else 0.0,
        quality=Quality(1.0, None, 200, 120) if people else Quality(),
    )


@dataclass
class Household:
    """A kiosk with its page.

    Attributes:
        page: the page.
        address: where it is.
        loop: act's real main loop.
        view: what it showed last.
        orders: what it ordered of the half that sees; the answer to each is `answer`.
        decisions: what it decided.
        looks: how often the player was to look at what plays.
        at_work: what a player that is slow is at, until `report`; None: the player is not.
    """

    page: Page
    address: str
    loop: Loop
    view: View = field(default_factory=View)
    orders: list[Order] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    answer: str = "done"
    looks: int = 0
    songs: tuple[Song, ...] = ()
    covers: dict[str, bytes] = field(default_factory=dict)
    at_work: list[Decision] | None = None

    def report(self, kind: ReportKind, status: str = "ready", *, what: str | None = None) -> None:
        """A player that is slow has done with the first thing that it is at."""
        assert self.at_work
        decision = self.at_work.pop(0)
        found = PlayerReport(kind, time.monotonic(), status, decision.mood, what or decision.what, asked=decision.asked)
        self.loop.put(Carried(decision, found))

    def see(self, mood: str | None, people: int = 1) -> None:
        """Shows a face to the kiosk until it has understood; a mood chosen by hand is given up first."""
        self.loop.ask(Request("mood", "auto"))

        def look() -> bool:
            self.loop.put(reading(mood, people))
            return self.view.mood == mood and self.view.present == (people > 0)

        until(look, 10, f"{mood}, {people} people")


@contextmanager
def household(folder: Path, health: Mapping[str, object] | None = None, **web: Any) -> Iterator[Household]:
    """A kiosk with its page, on a free port."""
    settings = config(folder, **web)
    decide = replace(settings.for_decide(), silence_seconds=3600.0)  # readings come only when a test sends one
    player = DryRun(time.monotonic)

    def show(view: View) -> None:
        home.view = view
        page.show(view)

    def decided(decision: Decision) -> None:
        home.decisions.append(decision)
        page.decided(decision)

    def order(asked: Order) -> bool:
        home.orders.append(asked)
        if asked.what == "camera":
            loop.put(SenseHealth(time.monotonic(), "on" if asked.value == "on" else "off"))
        if asked.what == "remember":
            loop.put(replace(HELLO, remembers=asked.value == "on"))
        loop.put(SenseResult(asked.id, ok=True, text=home.answer))
        return True

    def look() -> None:
        home.looks += 1
        loop.put(LookReport("nothing", time.monotonic()))

    def find(wanted: Wanted) -> None:
        loop.put(SongsReport(wanted, time.monotonic(), home.songs))

    def carry_out(decision: Decision) -> None:
        if home.at_work is not None:
            home.at_work.append(decision)
        else:
            loop.put(Carried(decision, player.play(decision, never)))

    ports = Ports(
        reading=lambda _: None,
        event=lambda event: page.tell(event),
        decision=decided,
        show=show,
        carry_out=carry_out,
        order=order,
        keep=Store(folder).keep,
        hello=lambda _: None,
        status=lambda view: {"mood": view.mood},
        look=look,
        find=find,
        offer=lambda songs: page.offer(songs),
        teaching=lambda teaching: page.teaching(teaching),
    )
    loop = Loop(decide, kiosk.start(decide, None, "test"), ports)
    page = Page(settings, loop.ask, folder, lambda: datetime.now(UTC), cover=lambda key: home.covers.get(key))
    page.health({"player": player.status().text} | dict(health or {}))
    home = Household(page, page.start(), loop)
    stop = threading.Event()
    thread = threading.Thread(
        target=loop.run,
        args=(stop, lambda: kiosk.Now(time.monotonic(), datetime.now(UTC)), lambda _at, _next_at: math.inf),
    )
    thread.start()
    loop.put(HELLO)
    loop.put(SenseHealth(time.monotonic(), "on"))
    try:
        until(lambda: page.status == "serving", 20, "the page")
        until(lambda: home.view.labels == LABELS, 10, "the labels")
        yield home
    finally:
        stop.set()
        loop.wake()
        page.stop()
        thread.join(5)


@contextmanager
def page_only(
    folder: Path,
    health: Mapping[str, object] | None = None,
    figures: Callable[[], bytes] | None = None,
    cover: Callable[[str], bytes | None] = lambda _key: None,
    **web: Any,
) -> Iterator[tuple[Page, str]]:
    """A page without a kiosk: shows what it is given; every command is refused."""

    def ask(request: Request) -> Future[Result]:
        future: Future[Result] = Future()
        future.set_result(Result(request.name, ok=False, error="there is no kiosk here"))
        return future

    page = Page(config(folder, **web), ask, folder, lambda: datetime.now(UTC), figures, cover)
    page.health(health or {})
    address = page.start()
    try:
        until(lambda: page.status == "serving", 20, "the page")
        yield page, address
    finally:
        page.stop()


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, decoded."""
        return json.loads(self.body)


class Visitor:
    """An HTTP client that says exactly what it is told to say."""

    def __init__(self, address: str) -> None:
        self.host = address.removeprefix("http://").rstrip("/")
        self.headers: dict[str, str] = {}

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> Answer:
        """One request on a connection of its own. `_` in a header's name stands for `-`; an empty one is left out."""
        connection = http.client.HTTPConnection(self.host, timeout=60)
        given = self.headers | {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.putrequest(method, path, skip_host="Host" in given, skip_accept_encoding=True)
            for name, value in given.items():
                if value:
                    connection.putheader(name, value)
            if body is not None and "Content-Length" not in given:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            found = connection.getresponse()
            return Answer(found.status, {name.lower(): value for name, value in found.getheaders()}, found.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Answer:
        """Gets."""
        return self.ask("GET", path, None, **headers)

    def command(self, name: object, value: object = None, **more: object) -> Answer:
        """Puts a command as the page does."""
        token = self.get("/api/token").json["token"]
        body = json.dumps({"command": name, "value": value} | more).encode()
        return self.ask("POST", "/api/command", body, Content_Type="application/json", X_CSRF_Token=token)


class Stream:
    """A reader of `/api/events`, on a thread of its own.

    Attributes:
        status: of the answer.
        events: name and data of what came so far.
        ended: set when the kiosk has ended the stream.
    """

    def __init__(self, host: str) -> None:
        self.events: list[tuple[str, Any]] = []
        self.ended = threading.Event()
        name, _, port = host.rpartition(":")
        self._socket = socket.create_connection((name, int(port)), timeout=60)
        # HTTP/1.0: the answer comes as it is, not in chunks.
        self._socket.sendall(f"GET /api/events HTTP/1.0\r\nHost: {host}\r\n\r\n".encode())
        self._lines = self._socket.makefile("rb")
        self.status = int(self._lines.readline().split()[1])
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def all(self, name: str) -> list[Any]:
        """The data of the events of this name."""
        return [data for found, data in self.events if found == name]

    def close(self) -> None:
        """Hangs up."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(5)
        self._lines.close()
        self._socket.close()

    def _read(self) -> None:
        name = ""
        with contextlib.suppress(OSError):
            for raw in self._lines:
                line = raw.decode().rstrip()
                if line.startswith("event: "):
                    name = line.removeprefix("event: ")
                elif line.startswith("data: "):
                    self.events.append((name, json.loads(line.removeprefix("data: "))))
        self.ended.set()
