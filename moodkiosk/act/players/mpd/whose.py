"""Whose music is at the server: what we have started, what somebody else has, or nothing that plays."""

from __future__ import annotations

from datetime import datetime

from moodkiosk.act.players.mpd import queue
from moodkiosk.act.players.mpd.protocol import Connection
from moodkiosk.act.players.mpd.queue import Memory, Status
from moodkiosk.decide.music.respect import pauses_since
from moodkiosk.decide.settings import MusicSettings
from moodkiosk.moods.report import LookKind
from moodkiosk.words.reason import Reason

PAUSED, PAUSED_OTHERS = Reason("people.paused"), Reason("people.paused_other")


def seen(server: Connection, memory: Memory, now: Status, music: MusicSettings, wall: float) -> tuple[LookKind, str]:
    """Whose music is there, and what to say of it: ours, which runs; others', who play or have paused it; or nothing.

    `wall`: seconds since 1970. When what stands still was first seen to is kept in `memory`.
    """
    current = queue.fingerprint(server, memory, now)
    if current and current == memory.queue:
        if now.state == "play" or memory.paused:
            return ("ours", "") if now.state == "play" else ("nothing", "")
        if now.error:  # an output has gone, as a USB card that was pulled out: MPD pauses then
            return "nothing", Reason("mpd.says", text=now.error)
        # It ran to its end (there is no current song then; in the mode "single" it stands before the next), or
        # somebody stopped it in the middle.
        ended = (now.state == "stop" and now.song is None) or (now.single and now.elapsed == 0)
        wall_time = datetime.fromtimestamp(wall).astimezone()
        paused_at = _paused_at(memory, f"{current[:16]} {now.song} {now.elapsed:.1f}", wall)
        if ended or paused_at < pauses_since(music, wall_time).timestamp():
            return "nothing", ""
        return "others", PAUSED
    if now.state == "play":
        memory.foreign, memory.foreign_since = "", None
        return "others", Reason("people.play_other")
    if now.state == "stop" or not current:
        return "nothing", ""
    since = _paused_at(memory, f"{current[:16]} {now.song} {now.elapsed:.1f}", wall)
    if 0 <= wall - since < 60 * music.respect_manual_minutes:
        return "others", PAUSED_OTHERS
    return "nothing", ""


def _paused_at(memory: Memory, position: str, wall: float) -> float:
    """When what stands still at this place was first seen to, in seconds since 1970."""
    if memory.foreign != position:
        memory.foreign, memory.foreign_since = position, wall
    return memory.foreign_since or wall
