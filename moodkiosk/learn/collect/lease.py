"""Borrowing the camera from the running kiosk. A loan lapses by itself 10 s after it was last renewed (contract 6)."""

from __future__ import annotations

import threading
from pathlib import Path
from types import TracebackType
from typing import Self

from moodkiosk.failure import Failure
from moodkiosk.link import control
from moodkiosk.link.absent import sense_absent
from moodkiosk.words.reason import Reason

RENEW_SECONDS = 3.0
"""So that one lost renewal, or two, do not end the loan."""

ANSWER_SECONDS = 5.0


class Lease:
    """A loan of the kiosk's camera, renewed in the background while the context lasts; nothing is to be given back.

    Attributes:
        state: in words for people: whether there was anything to borrow, or what went wrong since.
        lent: the kiosk was running and has let go of the camera.
    """

    def __init__(self, socket: Path) -> None:
        """`socket`: the kiosk's control socket."""
        self.state: str = ""
        self.lent = False
        self._socket = socket
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._renew, name="lease", daemon=True)

    def __enter__(self) -> Self:
        """Borrows the camera. Raises Failure when a kiosk is running but does not lend it."""
        try:
            self._ask()
        except control.NotRunning:
            self.state = Reason("doctor.no_kiosk")
            return self
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        if self._thread.is_alive():
            self._thread.join(ANSWER_SECONDS)

    def _ask(self) -> None:
        result = control.ask(self._socket, "camera", "lend", ANSWER_SECONDS)
        if not result.ok and not sense_absent(result):
            raise Failure(Reason("collect.not_lent", reason=result.error or ""))
        # Without the half that sees nobody has the camera. It is asked for on and on: that half may start meanwhile.
        self.lent = result.ok
        self.state = Reason("collect.borrowed") if result.ok else str(result.error)

    def _renew(self) -> None:
        while not self._over.wait(RENEW_SECONDS):
            try:
                self._ask()
            except Failure as error:
                self.state = Reason("collect.may_lapse", reason=str(error))
