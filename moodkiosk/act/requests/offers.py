"""The songs to choose from, as everybody was last told of them."""

from __future__ import annotations

from collections.abc import Callable

from moodkiosk.decide import kiosk
from moodkiosk.decide.settings import Settings
from moodkiosk.moods.song import Song


class Offers:
    """Made anew only where anything has changed that they are made of.

    Attributes:
        songs: in the order in which they are shown.
    """

    def __init__(self, tell: Callable[[tuple[Song, ...]], None]) -> None:
        """`tell` is given the songs when they are others."""
        self.songs: tuple[Song, ...] = ()
        self._tell = tell
        self._made_of: object = None

    def renew(self, state: kiosk.State, settings: Settings) -> None:
        """The state is now this one."""
        playback = state.playback
        made_of: tuple[object, ...] = (playback.recommended, playback.wish, playback.found, playback.opinions)
        made_of += (playback.last, playback.names, state.chosen)
        if made_of == self._made_of:
            return
        self._made_of = made_of
        before, self.songs = self.songs, kiosk.recommendations(state, settings)
        if self.songs != before:
            self._tell(self.songs)
