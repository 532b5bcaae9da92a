"""What goes wrong, and how it is told that the kiosk has got over it."""

from __future__ import annotations

import signal
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.soak.halves import Supervised
from tests.support.broker import Mosquitto
from tests.support.webapi import Fault, WebApi, error

FROZEN = "broker: frozen"
Status = Mapping[str, object] | None


@dataclass(frozen=True)
class Trouble:
    """Something that goes wrong for a while.

    Attributes:
        name: for the report.
        begin, end: bring it about, and take it back.
        over: whether the kiosk has recovered, by what it says of itself.
        bound_seconds: how long that may take after `end`.
        weight: how often, against the others.
        lasting: whether it goes on until `end`; else it is over as soon as it happened.
    """

    name: str
    begin: Callable[[], object]
    end: Callable[[], object]
    over: Callable[[Status], bool]
    bound_seconds: float
    weight: float = 1.0
    lasting: bool = True


def camera_on(status: Status) -> bool:
    """Everything from the camera to act works."""
    return status is not None and status["camera_status"] == "on"


def broker_connected(status: Status) -> bool:
    """Act and the broker talk."""
    return status is not None and status["broker"] == "connected"


def troubles(control: Path, broker: Mosquitto, api: WebApi, act: Supervised, sense: Supervised) -> list[Trouble]:
    """All of them."""

    def process(name: str, half: Supervised, number: signal.Signals, bound_seconds: float) -> Trouble:
        """A signal; who supervises the half brings it back."""
        before = [0]

        def begin() -> None:
            before[0] = half.pid
            half.kill(number)

        def over(status: Status) -> bool:
            return half.pid not in (0, before[0]) and camera_on(status)

        return Trouble(f"{half.name}: {name}", begin, lambda: None, over, bound_seconds, 0.4, lasting=False)

    def camera(word: str) -> Trouble:
        # 30 s is the longest wait of the ladder, 10 s a sensor may take to start.
        return Trouble(
            f"camera: {word}",
            lambda: control.write_text(word, encoding="ascii"),
            lambda: control.write_text("", encoding="ascii"),
            camera_on,
            45,
        )

    def speaker(name: str, fault: Callable[[], Fault]) -> Trouble:
        played = [0]

        def begin() -> None:
            api.faults.append(fault())

        def end() -> None:
            api.faults.clear()
            played[0] = plays(api)

        def over(status: Status) -> bool:
            return status is not None and status["player_status"] == "ready" and plays(api) > played[0]

        return Trouble(f"speaker: {name}", begin, end, over, 300)

    return [
        *(camera(word) for word in ("stall", "end", "short", "exit", "nocamera")),
        Trouble("broker: killed", broker.kill, broker.start, broker_connected, 90),
        Trouble(FROZEN, broker.freeze, broker.thaw, broker_connected, 90),
        speaker("connection torn", lambda: Fault("", "reset", None)),
        speaker("server error", lambda: Fault("", error(503, "try later"), None)),
        speaker("too many requests", lambda: Fault("", error(429, "slow down", Retry_After="5"), 1)),
        process("killed", act, signal.SIGKILL, 30),
        process("killed", sense, signal.SIGKILL, 30),
        process("hangs", sense, signal.SIGSTOP, 60 + 30),
        process("hangs", act, signal.SIGSTOP, 90 + 30),
    ]


def plays(api: WebApi) -> int:
    """How often music was started."""
    return sum(seen.method == "PUT" and seen.path.endswith("/me/player/play") for seen in list(api.requests))
