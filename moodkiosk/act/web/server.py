"""The kiosk page: a web server on a thread of its own. Its thread never touches the kiosk's state but through `ask`."""

from __future__ import annotations

import asyncio
import contextlib
import html
import logging
import secrets
import socket
import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from moodkiosk.act import ports
from moodkiosk.act.clock import WallClock
from moodkiosk.act.web.history import HistoryFile, ended
from moodkiosk.act.web.snapshot import Snapshot
from moodkiosk.config import load
from moodkiosk.config.languages import AUTO
from moodkiosk.config.settings import Config
from moodkiosk.host import files, paths
from moodkiosk.host.machine import hostname
from moodkiosk.link.messages import Teaching
from moodkiosk.moods.decision import Decision
from moodkiosk.moods.event import MoodEvent
from moodkiosk.moods.song import Song
from moodkiosk.moods.view import View
from moodkiosk.words.reason import Reason
from moodkiosk.words.system import system

if TYPE_CHECKING:
    from moodkiosk.act.web.logging import QuietServer
    from moodkiosk.act.web.stream import Streams

RETRY_SECONDS = 5.0
"""After a port in use, or an address that is not there yet."""
STOP_SECONDS = 1.0
SAVE_SECONDS = 60.0
"""Today's moods go to the disk at most so often, for the sake of SD cards; a power cut loses so much."""

log = logging.getLogger("moodkiosk.web")


class Page:
    """The page and its API. Every method returns at once, whatever the browsers do.

    Attributes:
        status: "serving", or what is wrong.
    """

    def __init__(
        self,
        settings: Config,
        ask: ports.Ask,
        state_dir: Path,
        wall: Callable[[], datetime] | None = None,
        metrics: Callable[[], bytes] | None = None,
        cover: Callable[[str], bytes | None] = lambda _key: None,
    ) -> None:
        """Makes the page; nothing happens before `start`.

        Args:
            settings: the whole configuration; `web` and the kiosk's name matter.
            ask: puts a command to the kiosk.
            state_dir: act's state folder, for sessions and, if so wished, today's moods.
            wall: the time of day.
            cover: gives the picture of music that belongs to a key, or None; may take some seconds.
            metrics: figures to graph, as they are sent; shown with `web.metrics`.
        """
        self._metrics = metrics
        self._cover = cover
        self.status: str = "starting"
        self._settings = settings
        self._ask = ask
        self._state_dir = state_dir
        self._wall = wall or WallClock().always
        self._snapshot = Snapshot(settings.kiosk.name, self._wall, read_only=settings.web.read_only)
        self._language = settings.kiosk.language if settings.web.language == AUTO else settings.web.language
        self._display_key = secrets.token_urlsafe(32)
        self._thread = threading.Thread(target=self._serve, name="web", daemon=True)
        self._stopping = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopped: asyncio.Event | None = None
        self._streams: Streams | None = None
        self._socket: socket.socket | None = None

    def start(self) -> str:
        """Begins to serve; says where. A port that is in use is tried again until it is free."""
        with contextlib.suppress(OSError):
            self._socket = self._bind()
        port = self._socket.getsockname()[1] if self._socket else self._settings.web.port
        self._thread.start()
        host = self._settings.web.host
        if host in ("0.0.0.0", "::", ""):
            host = hostname()
        return f"http://{f'[{host}]' if ':' in host else host}:{port}/"

    def show(self, view: View) -> None:
        """The kiosk has a new view of itself."""
        self._snapshot.show(view)

    def offer(self, songs: tuple[Song, ...]) -> None:
        """There are other songs to choose from."""
        self._snapshot.offer(songs)

    def tell(self, event: MoodEvent) -> None:
        """Something happened once."""
        self._snapshot.tell(event)

    def decided(self, decision: Decision) -> None:
        """The kiosk has decided something."""
        self._snapshot.decided(decision)

    def teaching(self, teaching: Teaching | None) -> None:
        """How a sitting goes; None: there is none."""
        self._snapshot.teach(teaching)

    def health(self, figures: Mapping[str, object]) -> None:
        """The kiosk's surroundings, with the keys of `snapshot.HEALTH`; cheap when nothing has changed."""
        self._snapshot.health(figures)

    def stop(self) -> None:
        """Ends the page and its streams, within STOP_SECONDS."""
        self._stopping.set()
        loop, stopped = self._loop, self._stopped
        if loop is not None and stopped is not None:
            with contextlib.suppress(RuntimeError):  # it has ended by itself
                loop.call_soon_threadsafe(stopped.set)
        if self._thread.ident is not None:
            self._thread.join(STOP_SECONDS)
        self.status = "stopped"

    def _bind(self) -> socket.socket:
        """A socket that listens on the configured address; who comes before it is served waits. Raises OSError.

        To listen at once shows that the port is ours: two programs that have not yet begun to may both bind it.
        """
        web = self._settings.web
        family, kind, protocol, _, address = socket.getaddrinfo(
            web.host, web.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        found = socket.socket(family, kind | socket.SOCK_CLOEXEC, protocol)
        try:
            found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            found.bind(address)
            found.listen()
        except OSError:
            found.close()
            raise
        return found

    def _serve(self) -> None:
        """The page's thread."""
        try:
            with asyncio.Runner() as runner:
                runner.run(self._main())
        finally:
            if self._socket is not None:  # stopped before it was served
                self._socket.close()

    async def _main(self) -> None:
        self._stopped, self._loop = asyncio.Event(), asyncio.get_running_loop()
        if self._stopping.is_set():  # before we could be told
            return
        if not await self._listening():
            return
        history = HistoryFile(self._state_dir, keep=self._settings.web.keep_history)
        self._snapshot.begin_with(await asyncio.to_thread(history.load, self._wall))
        server = await asyncio.to_thread(self._server)  # imports, and reads files
        assert self._streams is not None
        assert self._socket is not None
        self._write_display_file(self._socket.getsockname()[1])
        self._snapshot.changed = self._wake
        saving = asyncio.ensure_future(self._save(history))
        serving = asyncio.ensure_future(server.serve(sockets=[self._socket]))
        self.status = "serving"
        log.info("the page is served on %s port %d", self._settings.web.host, self._socket.getsockname()[1])
        await self._stopped.wait()
        self._streams.close()
        server.leave()
        saving.cancel()
        history.save(ended(self._snapshot.day, self._wall()))
        await serving

    async def _listening(self) -> bool:
        """Whether there is a socket, at last; False if the page is stopped before."""
        assert self._stopped is not None
        while self._socket is None:
            try:
                self._socket = self._bind()
            except OSError as error:
                web = self._settings.web
                text = Reason("http.cannot_listen", host=web.host, port=web.port, reason=system(error))
                if text != self.status:
                    log.warning(text)
                self.status = text
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._stopped.wait(), RETRY_SECONDS)
                    return False
        return True

    def _server(self) -> QuietServer:
        """The server, with its application behind its guard. Imports what is needed only where there is a page."""
        from moodkiosk.act.web.access.security import Guard
        from moodkiosk.act.web.access.sessions import Sessions
        from moodkiosk.act.web.app import application
        from moodkiosk.act.web.logging import QuietServer
        from moodkiosk.act.web.pages import Pages
        from moodkiosk.act.web.parts import Parts
        from moodkiosk.act.web.stream import Streams

        web = self._settings.web
        sessions = Sessions(Path(web.password_file), self._state_dir) if web.password_file else None
        assert sessions or web.host in load.LOOPBACK, "config sees to it"
        self._streams = Streams(self._snapshot)
        pages = Pages()
        parts = Parts(
            snapshot=self._snapshot,
            streams=self._streams,
            pages=pages,
            ask=self._ask,
            sessions=sessions,
            language=self._language,
            name=self._settings.kiosk.name,
            read_only=web.read_only,
            display_key=self._display_key,
            metrics=self._metrics if web.metrics else None,
            cover=self._cover,
            blank=self._settings.display.blank_when_nobody,
        )
        key = secrets.token_bytes(32)

        def other_name(host: str, address: str, accepted: str) -> bytes:
            return pages.page("host.html", pages.language(self._language, accepted), host=host, address=address)

        guard = Guard(
            application(parts),
            web.host,
            web.allowed_hosts,
            sessions,
            key,
            framed_by=web.framed_by,
            root_path=web.root_path,
            other_name=other_name,
        )
        return QuietServer(guard)

    def _wake(self) -> None:
        """On the main loop's thread: the streams have something to send."""
        assert self._loop is not None
        assert self._streams is not None
        if not self._streams.open:  # nobody looks; who comes now is told everything
            return
        with contextlib.suppress(RuntimeError):  # the page is stopping
            self._loop.call_soon_threadsafe(self._streams.wake)

    async def _save(self, history: HistoryFile) -> None:
        while True:
            await asyncio.sleep(SAVE_SECONDS)
            if history.wants(self._snapshot.day):
                await asyncio.to_thread(history.save, self._snapshot.day)

    def _write_display_file(self, port: int) -> None:
        """For the screen on the kiosk itself: a file that only this machine's group can read, and that lets it in."""
        address = html.escape(f"http://127.0.0.1:{port}/display?key={self._display_key}")
        text = f'<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url={address}">\n'
        with contextlib.suppress(OSError):  # no such folder in a test, none of our business on a desk
            files.write_atomic(paths.display_page(self._settings.paths), text.encode(), 0o640)
