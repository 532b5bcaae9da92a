"""When a state is worth sending: on change only, never for confidence alone, twice a second at most.

What is held back is sent later, as it is then: the last change is never lost.
"""

from __future__ import annotations

from collections import deque
from dataclasses import replace

from moodkiosk.moods.view import View

SETTLE_SECONDS = 0.05
"""What changes in one go (a mood, the decision, the music) is one message."""
STATES = 2
WINDOW_SECONDS = 1.1
"""At most STATES states in any such window: a little over a second, since a network may push two messages together.
One more may tell that somebody has come or gone: it must not be taken together with the mood that follows."""


class StateThrottle:
    """Remembers what state the broker has and when it got its last ones.

    Attributes:
        due: when the state wants to be looked at again, monotonic seconds; None: nothing has changed.
    """

    def __init__(self) -> None:
        self.due: float | None = None
        self._sent: View | None = None
        self._times: deque[float] = deque([float("-inf")] * (STATES + 1), maxlen=STATES + 1)

    def changed(self, now: float) -> None:
        """Something has happened that may have changed the state."""
        if self.due is None:
            self.due = now + SETTLE_SECONDS

    def forget(self, now: float) -> None:
        """The broker's state does not count any more: send it again at once."""
        self._sent, self.due = None, now

    def settles(self, now: float) -> bool:
        """Whether a change is about to be sent, so that an event that belongs to it should wait for it."""
        return self.due is not None and now < self.due

    def wants(self, view: View, now: float) -> bool:
        """Whether `view` should be sent now, as far as change is concerned."""
        if self.due is None or now < self.due:
            return False
        if self.has_sent(view):
            self.due = None
        return self.due is not None

    def opens(self, view: View) -> float:
        """From when on `view` may be sent."""
        news = self._sent is not None and view.present is not self._sent.present
        return self._times[0 if news else 1] + WINDOW_SECONDS

    @property
    def has_told(self) -> bool:
        """Whether the broker has a state of ours at all."""
        return self._sent is not None

    def has_sent(self, view: View) -> bool:
        """Whether the broker's state is `view`."""
        return _essence(view) == self._sent

    def sent(self, view: View, now: float) -> None:
        """`view` is on its way."""
        self._sent, self.due = _essence(view), None
        self._times.append(now)


def _essence(view: View) -> View:
    """The view without what is no reason to publish."""
    return replace(view, confidence=None)
