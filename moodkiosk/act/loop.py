"""Act's main loop: owns the state of the kiosk, is the only one to call `decide`, and never waits for a network."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace

from moodkiosk.act.orders import Orders
from moodkiosk.act.pause import CALM_SECONDS, pause_seconds
from moodkiosk.act.ports import Asked, Carried, Item, Ports, Request, SenseLate, SenseLeft
from moodkiosk.act.requests.look_requests import LookRequests, known
from moodkiosk.act.requests.offers import Offers
from moodkiosk.act.requests.player_answers import PlayerAnswers
from moodkiosk.act.requests.song_requests import SongRequests
from moodkiosk.act.teaching.classroom import Classroom, figures
from moodkiosk.config.load import ConfigError
from moodkiosk.decide import kiosk
from moodkiosk.decide.settings import Settings
from moodkiosk.host.guard import Guard
from moodkiosk.link import commands
from moodkiosk.link.absent import AWAY, STARTING
from moodkiosk.link.messages import FromSense, Hello, SenseHealth, SenseResult, Teaching
from moodkiosk.link.protocol import OURS
from moodkiosk.moods.command import Command, Result
from moodkiosk.moods.reading import Reading
from moodkiosk.moods.report import LookReport
from moodkiosk.moods.song import SongsReport
from moodkiosk.moods.view import View
from moodkiosk.words.reason import Reason, together

STALE_SECONDS = 2.0
"""A reading older than this says nothing about now (the process was stopped, the machine slept); nor does one that is
so far ahead."""
STALE_LOOKS, LONGEST_LOOK_SECONDS = 2.0, 60.0
"""Where looks take long: so many times as old, and how long is believed: a look that takes longer is ended by the
watchdog of the half that sees (systemd/moodkiosk-sense.service)."""
INBOX_LIMIT = 512
STALL_SECONDS, OVERDUE_SECONDS = 2.0, 1.0
"""When a turn comes so much later than the one before, and so much later than it was to come, this half itself was
stopped or starved."""
DOUBT_SECONDS = 2.0
"""After that nothing is told anew of before, until there is a look, for so long at most: the room may be another."""

LISTS = ("recommendations", "more_like")
"""Commands that are answered with songs to choose from, for which the player looks as well."""
FOR_SENSE = ("calibrate", "correct", "forget", "person")

OPEN = {"on": True, "off": False}
"""What a status of the camera says of the switch; the others say nothing: it may be lent, lost, or starting."""

log = logging.getLogger("moodkiosk.act")


@dataclass
class Counters:
    """What was dropped, for health."""

    stale_readings: int = 0
    inbox_full: int = 0
    turns: int = 0


@dataclass
class SenseState:
    """What is known of the other half."""

    hello: Hello | None = None
    health: SenseHealth | None = None
    told_camera: bool | None = None
    told_calm: float = 0.0


class Loop:
    """One turn a message; see `turn`."""

    def __init__(
        self, settings: Settings, state: kiosk.State, ports: Ports, calm_seconds: float = CALM_SECONDS
    ) -> None:
        """`calm_seconds`: so seldom sense need tell its looks while nobody is here; 0: it tells them all."""
        self.counters = Counters()
        self.guard = Guard(log)
        self.sense = SenseState()
        # Simple: whoever waits in it is woken up once for each item, not three times.
        self.inbox: queue.SimpleQueue[Item | None] = queue.SimpleQueue()
        self._configured = self._settings = settings
        self._stale_seconds = STALE_SECONDS
        self._state = state
        self._ports = ports
        self._calm_seconds = calm_seconds
        self._orders = Orders(ports.order, self._absent)
        self._looks = LookRequests(ports.look)
        self.classroom = Classroom(ports.teaching)
        self._player_answers = PlayerAnswers(kiosk.completed)
        self._offers = Offers(ports.offer)
        self._songs = SongRequests(ports.find, lambda: self._offers.songs)
        self._view: View | None = None
        self._turned_at: float | None = None
        self._looked_at: float | None = None
        self._doubted_until: float | None = None
        self._pause_seconds = 0.0

    def ask(self, request: Request) -> Future[Result]:
        """The port `Ask`: callable from any thread."""
        future: Future[Result] = Future()
        if not self.put(Asked(request, future)):
            future.set_result(Result(request.name[:40], ok=False, error=Reason("act.busy")))
        return future

    def put(self, item: Item) -> bool:
        """Hands something to the loop, from any thread; False (and counted) when it is far behind."""
        if self.inbox.qsize() >= INBOX_LIMIT:
            self.counters.inbox_full += 1
            return False
        self.inbox.put(item)
        return True

    @property
    def awaits_sense(self) -> bool:
        """Whether the other half has not come yet, and may still be starting."""
        return kiosk.awaited(self._state)

    def wake(self) -> None:
        """Has the loop turn now, from any thread: something around it has changed."""
        if self.inbox.empty():  # else it turns anyway
            self.inbox.put(None)

    def run(
        self, stop: threading.Event, now: Callable[[], kiosk.Now], after_turn: Callable[[float, float], float]
    ) -> None:
        """Turns until `stop`; whoever sets that calls `wake`.

        Args:
            stop: ends the loop.
            now: the clocks.
            after_turn: called after each turn (watchdog, health) with the time, and when the loop itself will turn
                next; says when to be called again at the latest. All are monotonic seconds.
        """
        wait = 0.0
        while not stop.is_set():
            try:
                item = self.inbox.get(timeout=wait)
            except queue.Empty:
                item = None
            moment = now()
            pause = self.turn(item, moment)
            wait = max(0.0, min(pause, after_turn(moment.at, moment.at + pause) - moment.at))

    def turn(self, item: Item | None, now: kiosk.Now) -> float:
        """Takes one item, or none, through `decide`, and acts on what comes of it.

        Returns for how many seconds at most nothing needs to be done, if nothing comes.
        """
        self.counters.turns += 1
        self._notice_stall(now)
        if item is not None:
            self._guarded(item, now)
        self._orders.expire(now.at)
        self._looks.expire(now.at)
        self.classroom.expire(now.at)
        self._player_answers.expire(now.at)
        self._songs.expire(now.at)
        before = self._state
        self._step(kiosk.Tick(), now)
        self._tell_sense(now)
        self._ports.keep(kiosk.remember(self._state, alive=now.wall), now.at)
        view = kiosk.view(self._state, now, self._settings)
        if view != self._view:
            self._view = view
            self._ports.show(view)
        self._believe(now)
        self._offers.renew(self._state, self._settings)
        self._pause_seconds = self._pause(now, changed=not kiosk.same(before, self._state))
        return self._pause_seconds

    def _pause(self, now: kiosk.Now, *, changed: bool) -> float:
        waiting = (self._orders, self._looks, self.classroom, self._player_answers, self._songs)
        due = min(kiosk.due(self._state, now, self._settings), *(those.due for those in waiting))
        watching = self._state.camera.status == "on" and not self._state.presence.promised_seconds
        return pause_seconds(now, due, changed=changed, watching=watching)

    def _notice_stall(self, now: kiosk.Now) -> None:
        """A turn that comes much later than it was to come: this half itself did nothing meanwhile."""
        passed = 0.0 if self._turned_at is None else now.at - self._turned_at
        if passed > max(STALL_SECONDS, self._pause_seconds + OVERDUE_SECONDS):
            self._state = kiosk.slept(self._state, passed)
            if self._state.camera.status == "on":
                self._doubted_until = now.at + DOUBT_SECONDS
                self._ports.doubt(self._doubted_until)
        self._turned_at = now.at

    def _believe(self, now: kiosk.Now) -> None:
        """What is shown is so: somebody has looked since this half stood still, or will not soon."""
        until = self._doubted_until
        if until is not None and (self._looked_at == now.at or now.at >= until):
            self._doubted_until = None
            self._ports.doubt(now.at)

    def remember(self, now: kiosk.Now) -> None:
        """Keeps what is remembered, at once: this run ends."""
        self._ports.keep(kiosk.remember(self._state, now.wall), now.at, now=True)

    def _guarded(self, item: Item, now: kiosk.Now) -> None:
        """Takes an item, or leaves it out: then the state is the one before, and whoever asked is told."""
        before = self._state

        def take() -> None:
            self._take(item, now)
            if self._state is not before:  # what it left behind must be fit to be shown and remembered
                kiosk.view(self._state, now, self._settings)
                kiosk.remember(self._state)

        if self.guard.take(described(item), take):
            return
        self._state = before
        if isinstance(item, Asked) and not item.future.done():
            item.future.set_result(Result(item.request.name[:40], ok=False, error=OURS))

    def _take(self, item: Item, now: kiosk.Now) -> None:
        match item:
            case Asked():
                self._answer(item, now)
            case Reading():
                if abs(now.at - item.at) > self._stale_seconds:
                    self.counters.stale_readings += 1
                    return
                self._looked_at = now.at
                self._ports.reading(item)
                self._step(item, now)
            case Hello():
                self.sense.hello, self.sense.told_camera, self.sense.told_calm = item, None, 0.0
                self._follow_pace(0.0)
                self._ports.hello(item)
                self._step(kiosk.Labels(item.labels, item.people, item.model_made or None, item.remembers), now)
                if item.person != self._state.chosen.person:
                    # Sense keeps the neutral faces, so it knows: a calibration chooses too, and who was forgotten must
                    # not be remembered here.
                    self._step(Command("person", item.person or "", None, "sense"), now)
            case SenseHealth():
                self.sense.health = item
                if OPEN.get(item.camera, self.sense.told_camera) != self.sense.told_camera:
                    # Both halves hold what the camera should do: where they differ, ours counts, and is told again.
                    self.sense.told_camera = None
                self._follow_pace(item.look_seconds)
                self._step(kiosk.CameraStatus(item.camera, item.detail), now)
            case SenseResult():
                self._orders.done(item)
            case Teaching():
                if (proof := self.classroom.hear(item)) is not None:
                    self._step(kiosk.Notice("taught", proof.text, figures(proof)), now)
            case SenseLeft():
                self.sense = SenseState()
                self.classroom.left(now.at)
                self._orders.lost()
                self._step(kiosk.SenseGone(), now)
            case SenseLate():
                self._step(kiosk.SenseLate(), now)
            case Carried(decision, report):
                if report is not None:
                    self._step(replace(report, decided_at=decision.at), now)
                    self._looks.done(known(kiosk.view(self._state, now, self._settings)))
                self._player_answers.done(decision, report)
            case LookReport():
                self._step(item, now)
                view = kiosk.view(self._state, now, self._settings)
                self._looks.done(item.status if item.kind == "unknown" else known(view))
            case SongsReport():
                self._step(item, now)
                self._offers.renew(self._state, self._settings)
                self._songs.done(item.wanted)
            case kiosk.PlayerSays() | kiosk.Notice():
                self._step(item, now)

    def _follow_pace(self, look_seconds: float) -> None:
        """On a slow processor a reading is old when it comes, and the next one comes late: neither is a fault."""
        seconds = min(max(look_seconds, 0.0), LONGEST_LOOK_SECONDS)
        self._stale_seconds = max(STALE_SECONDS, STALE_LOOKS * seconds)
        self._settings = self._configured.with_looks_of(seconds)

    def _answer(self, asked: Asked, now: kiosk.Now) -> None:
        """Validates a request and carries it out, or says why not."""
        request, labels = asked.request, self.sense.hello.labels if self.sense.hello else self._state.labels
        try:
            if request.payload is not None:
                command = commands.parse_payload(request.name, request.payload, labels, request.origin)
            else:
                command = commands.parse(request.name, request.value, labels, request.transaction, request.origin)
        except commands.BadCommand as error:
            asked.future.set_result(Result(request.name[:40], ok=False, error=str(error)))
            return
        if command.name in FOR_SENSE or (command.name, command.value) == ("camera", "lend"):
            self._orders.send(command, asked.future, now.at, lambda result: self._after_order(command, result, now))
        elif command.name == "reload":
            self._reload(command, asked.future, now)
        elif command.name.startswith("teach") or command.name == "remember":
            self._teach(command, asked.future, now)
        elif command.name == "look":
            self._looks.ask(command, asked.future, now.at)
        elif command.name == "status":
            view = kiosk.view(self._state, now, self._settings)
            asked.future.set_result(
                Result("status", ok=True, transaction=command.transaction, data=self._ports.status(view))
            )
        else:
            self._decide(command, asked.future, now)

    def _reload(self, command: Command, future: Future[Result], now: kiosk.Now) -> None:
        """The configuration is taken here, the model by sense, also where one of them cannot be."""
        try:
            done, wrong = self._ports.reload(), ""
        except ConfigError as error:
            done, wrong = "", Reason("reload.not_taken", reason=str(error))
        answer: Future[Result] = Future()
        answer.add_done_callback(lambda found: future.set_result(reloaded(found.result(), done, wrong)))
        self._orders.send(command, answer, now.at, lambda _: None)

    def configure(self, settings: Settings) -> None:
        """Other settings hold from now on."""
        self._configured = settings
        self._follow_pace(self.sense.health.look_seconds if self.sense.health else 0.0)

    def _teach(self, command: Command, future: Future[Result], now: kiosk.Now) -> None:
        """Sense holds the sitting; the invitation to one is the page's."""
        why_not = self.classroom.refusal(command, self.sense.hello, self._absent())
        if why_not is not None:
            future.set_result(Result(command.name, ok=False, error=why_not, transaction=command.transaction))
        elif command.name == "teach_invite":
            text = self.classroom.invite(now.at)
            future.set_result(Result(command.name, ok=True, text=text, transaction=command.transaction))
        else:
            self._orders.send(command, future, now.at, lambda result: self._after_order(command, result, now))

    def _decide(self, command: Command, future: Future[Result], now: kiosk.Now) -> None:
        """What the state alone can tell is answered at once, what the player is to do when it has."""
        step = self._step(command, now)
        result = step.result or Result(command.name, ok=True, transaction=command.transaction)
        asked = [decision for decision in step.decisions if decision.asked and decision.action != "none"]
        wanted = kiosk.wanted(self._state, now.at, self._settings) if command.name in LISTS and result.ok else None
        if result.ok and asked:
            self._player_answers.wait(result, asked[-1], future, now.at)
        elif wanted is not None:
            self._songs.ask(result, wanted, future, now.at)
        else:
            future.set_result(result)

    def _absent(self) -> str:
        """Why sense is not there."""
        return STARTING if self.awaits_sense else AWAY

    def _after_order(self, command: Command, result: Result, now: kiosk.Now) -> None:
        """What sense has done may matter to the state as well (whose face, a correction)."""
        if result.ok and command.name in ("person", "correct"):
            self._step(command, now)

    def _step(self, item: kiosk.Input, now: kiosk.Now) -> kiosk.Step:
        step = kiosk.step(self._state, item, now, self._settings)
        self._state = step.state
        for event in step.events:
            self._ports.event(event)
        for decision in step.decisions:
            self._ports.decision(decision)
            if decision.action != "none":
                self._ports.carry_out(decision)
        return step

    def _tell_sense(self, now: kiosk.Now) -> None:
        """Sense is told what the camera should do, and how much it need say, when that changes and when it connects."""
        wanted, _ = kiosk.camera_wanted(self._state, now, self._settings)
        news = self.sense.hello is not None and wanted != self.sense.told_camera
        if news and self._orders.send_quietly("camera", "on" if wanted else "off"):
            self.sense.told_camera = wanted
        calm_seconds = self._calm_seconds if kiosk.calm(self._state, now, self._settings) else 0.0
        news = self.sense.hello is not None and self.sense.hello.calms and calm_seconds != self.sense.told_calm
        if news and self._orders.send_quietly("calm", f"{calm_seconds:g}"):
            self.sense.told_calm = calm_seconds


def reloaded(model: Result, done: str, wrong: str) -> Result:
    """What became of a reload: of the `model`, of the configuration, and what is `wrong` with that ("": nothing)."""
    said = together(filter(None, (done, model.text if model.ok else str(model.error))))
    if wrong:
        return replace(model, ok=False, error=wrong, text=said)
    return replace(model, ok=True, text=said, error=None) if done else model


def described(item: Item) -> str:
    """What an item is, for the log: never more of it than whoever reads a log may know."""
    if isinstance(item, Asked):
        return f"the command {item.request.name[:40]!r} from {item.request.origin}"
    return f"the {type(item).__name__} of the other half" if isinstance(item, FromSense) else type(item).__name__
