"""The discovery: what Home Assistant is told that this kiosk has, when, and what of the state it can be shown then."""

from __future__ import annotations

from dataclasses import replace

from moodkiosk.act.homeassistant.payload import Component, Discovery, Offered
from moodkiosk.act.mqtt.topics import Message
from moodkiosk.moods.view import View

LABELS_SECONDS = 20.0
"""How long the discovery waits for the model's labels before it is published without them."""


class Announcement:
    """Holds what is offered, and what Home Assistant knows of it. Times are monotonic seconds.

    Attributes:
        due: when it wants to be looked at again; None: there is no news.
    """

    def __init__(self, topic: str, discovery: Discovery | None, before: Offered | None) -> None:
        """Nothing is published yet.

        Args:
            topic: where it is.
            discovery: makes the payload; None: Home Assistant shall not know of this kiosk.
            before: what the run before offered, which Home Assistant knows.
        """
        self.due: float | None = None
        self._topic = topic
        self._discovery = discovery
        self._offered = Offered(corrections=before is not None and before.corrections)
        self._told = before if before and before.labels else None  # what the payload that was sent offers
        self._ghosts: frozenset[Component] = frozenset()  # what older payloads listed
        self._labels_deadline: float | None = None

    def connected(self, now: float) -> None:
        """The broker has accepted us."""
        if self._labels_deadline is None:
            self._labels_deadline = now + LABELS_SECONDS

    def renew(self, now: float) -> None:
        """It is to be sent once more."""
        self.due = now

    def offer(self, view: View, now: float) -> None:
        """The state is now `view`: the kiosk may have something else to offer."""
        # No labels: no model is loaded just now, the old ones still count.
        kept = self._offered.corrections if view.remembers is None else view.remembers
        offered = Offered(view.labels or self._offered.labels, view.enrolled, kept, view.volume_percent_max)
        if offered != self._offered:
            self._offered = offered
            self.due = now

    def change(self, discovery: Discovery, now: float) -> None:
        """Another payload: what the one before had, and this one has not, goes away."""
        if self._discovery is None:
            return
        if self._told is not None:
            self._ghosts |= self._discovery.components(self._told)
        self._discovery, self.due = discovery, now

    def found(self, components: frozenset[Component], now: float) -> None:
        """The broker had a payload of this kiosk, with these components."""
        current = self._discovery.components(self._offered) if self._discovery else frozenset()
        self._ghosts |= components
        if components - current and (self._told is not None or self._discovery is None):
            self.due = now

    def messages(self, now: float, *, state_is_sent: bool) -> list[Message]:
        """What is to be sent now, in the order that keeps Home Assistant's enumerations valid.

        `state_is_sent`: the broker has the state as it can be `shown`; it comes first, see there.
        """
        if self.due is None or now < self.due:
            return []
        if self._discovery is None:
            self.due = None
            ghosts, self._ghosts = self._ghosts, frozenset()
            return [Message(self._topic, b"", retain=True)] if ghosts else []
        if not self._offered.labels and self._labels_deadline is not None and now < self._labels_deadline:
            self.due = self._labels_deadline
            return []
        if not state_is_sent:
            return []
        known = self._ghosts | (self._discovery.components(self._told) if self._told is not None else frozenset())
        gone = known - self._discovery.components(self._offered)
        payloads = [self._discovery.payload(self._offered, gone)] if gone else []
        payloads.append(self._discovery.payload(self._offered))
        self._told, self._ghosts, self.due = self._offered, frozenset(), None
        return [Message(self._topic, payload, retain=True) for payload in payloads]

    def shown(self, view: View) -> View:
        """The view with the moods that Home Assistant may be shown now.

        It refuses a mood that is not among the options of its sensor, and an update of the options around a mood that
        drops out of them. So until the discovery has the new labels, only moods of both are shown; others as not sure.
        So it does a volume above the highest that it was told of.
        """
        if self._discovery is None:
            return view
        told = self._told or Offered()
        options = set(told.labels) & set(self._offered.labels)
        people = set(told.enrolled) & set(self._offered.enrolled)
        return replace(
            view,
            mood=view.mood if view.mood in options else None,
            manual_mood=view.manual_mood if view.manual_mood in options else None,
            person=view.person if view.person in people or view.person not in self._offered.enrolled else None,
            volume_cap=min(view.volume_cap, told.loudest),
        )
