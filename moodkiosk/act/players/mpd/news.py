"""MPD's news: it says by itself when another song plays, or when somebody pauses. Nothing is polled.

The command "idle" is answered when something happens, however long that takes; what happens between two of them is
kept by the server. https://mpd.readthedocs.io/en/latest/protocol.html#command-idle
"""

from __future__ import annotations

import logging
import math
import threading
from collections.abc import Callable

from moodkiosk.act.players.mpd.protocol import Connection, MpdError, password_of
from moodkiosk.act.players.player import Clock
from moodkiosk.config.settings import MpdSettings

CONNECT_SECONDS = 10.0
PAUSE_SECONDS, PAUSE_SECONDS_MAX = 1.0, 30.0
"""Between two attempts to connect: twice as long each time."""
NEWS_SECONDS = 0.25
"""Between two pieces of news: what happens meanwhile comes with the next. A server that never stops is not followed."""
OF_WHAT = ("player", "playlist")
"""Playing, pausing, seeking and the tags of a radio; and the queue."""

log = logging.getLogger("moodkiosk.act.player")


class News:
    """Waits for news on a thread and a connection of its own.

    Attributes:
        listening: the server will say when something changes.
    """

    def __init__(self, settings: MpdSettings, heard: Callable[[Connection | None], object], clock: Clock) -> None:
        """`heard` is called on the thread: when the connection stands, with each news, and once when it is lost.

        It is given the connection, for what it wants to know, if that stands; see `limit`. It may raise MpdError when
        that is lost.
        """
        self.listening = False
        self._settings, self._heard, self._clock = settings, heard, clock
        self._ended = threading.Event()
        self._server: Connection | None = None
        self._end = math.inf
        self._thread = threading.Thread(target=self._run, name="mpd-news", daemon=True)

    def start(self) -> None:
        """Begins to listen; where the server is away, until it is there."""
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread and its connection; waits for neither, for the thread may wait for whoever calls this."""
        self._ended.set()
        if (server := self._server) is not None:
            server.hang_up()

    def limit(self, seconds: float) -> None:
        """For whom `heard` has called: so long may it take from now on what is asked over the connection."""
        self._end = self._clock.monotonic() + seconds

    def _run(self) -> None:
        pause, lost = PAUSE_SECONDS, False
        while not self._ended.is_set():
            try:
                self._listen()
            except MpdError as error:
                if self._ended.is_set():
                    return
                if error.kind == "refused":
                    log.info("mpd: the server does not say by itself what plays (%s)", error.text)
                    return
                stood, self.listening = self.listening, False
                pause = PAUSE_SECONDS if stood else min(PAUSE_SECONDS_MAX, 2 * pause)
                if stood or not lost:
                    self._heard(None)
                lost = True
            finally:
                self.listening, self._server = False, None
            self._ended.wait(pause)

    def _listen(self) -> None:
        """Connects, and tells what happens until the connection is lost. Raises MpdError."""
        self._end = self._clock.monotonic() + CONNECT_SECONDS
        mpd = self._settings
        with Connection(mpd.host, mpd.port, password_of(mpd), self._left) as server:
            self._server = server
            server.keep_alive()
            self.listening = True
            told_at = -math.inf
            while not self._ended.wait(max(0.0, told_at + NEWS_SECONDS - self._clock.monotonic())):
                self._heard(server)
                told_at = self._clock.monotonic()
                self._end = math.inf
                server.ask("idle", *OF_WHAT)

    def _left(self) -> float:
        return self._end - self._clock.monotonic()
