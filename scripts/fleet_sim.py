"""What N kiosks cost one broker. Called by scripts/fleet-sim; see docs/fleet.md for what the figures mean.

Kiosks are real publishers, PER_PROCESS of them in a process, each with its thread and its connection. Every kiosk
changes its mood every MOOD_SECONDS (a state and an event) and says its health every HEALTH_SECONDS: much more than at
home, where a mood lasts minutes and health is said once a minute. One subscriber listens to everything, as Home
Assistant does.
"""

from __future__ import annotations

import argparse
import contextlib
import heapq
import json
import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from moodkiosk.act.mqtt.payloads import Health
from moodkiosk.act.mqtt.publisher import Publisher
from moodkiosk.act.ports import Request
from moodkiosk.config.settings import Config, KioskSettings, MqttSettings
from moodkiosk.moods.command import Result
from moodkiosk.moods.event import MoodEvent
from moodkiosk.moods.view import View
from moodkiosk.operate.broker import Broker, private_broker

MOOD_SECONDS = 5.0
HEALTH_SECONDS = 10.0
PER_PROCESS = 50
LABELS = ("happy", "sad", "angry", "surprise", "neutral")
START_SECONDS = 120.0


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the simulation, or one of its processes."""
    parser = argparse.ArgumentParser(prog="fleet-sim", description="What N kiosks cost one broker.")
    parser.add_argument("kiosks", type=int, metavar="N")
    parser.add_argument("--seconds", type=float, default=30.0, metavar="S", help="how long to measure (default 30)")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--first", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--broker", help=argparse.SUPPRESS)
    args = parser.parse_args(argv)
    if not 1 <= args.kiosks <= 5000 or not 1 <= args.seconds <= 3600:
        parser.error("N from 1 to 5000, S from 1 to 3600")
    if args.broker:
        return run_kiosks(args.first, args.kiosks, args.seconds, args.broker)
    figures = simulate(args.kiosks, args.seconds)
    print(json.dumps(figures) if args.json else "\n".join(f"{key:<34} {value}" for key, value in figures.items()))
    return 0


# The kiosks


def run_kiosks(first: int, count: int, seconds: float, address: str) -> int:
    """One process of kiosks: connects them, waits for a line, plays the script, prints what it cost."""
    host, port, protocol = address.split(",")
    mqtt = MqttSettings(host=host, port=int(port), protocol="5" if protocol == "5" else "3.1.1", health_seconds=10.0)
    fleet = [Publisher(Config(kiosk=KioskSettings(id=name_of(first + n)), mqtt=mqtt), _nobody) for n in range(count)]
    for publisher in fleet:
        publisher.show(View(labels=LABELS))
        publisher.start()
    sys.stdin.readline()
    before = time.process_time()
    play(fleet, first, seconds)
    cost = time.process_time() - before
    print(json.dumps({"cpu_seconds": cost, "rss_kb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}), flush=True)
    sys.stdin.readline()
    for publisher in fleet:
        publisher.stop()
    return 0


def play(fleet: list[Publisher], first: int, seconds: float) -> None:
    """Every kiosk in its own phase."""
    start = time.monotonic()
    due: list[tuple[float, int, str, int]] = []
    for number in range(len(fleet)):
        share = (first + number) * 0.618 % 1.0
        heapq.heappush(due, (start + share * MOOD_SECONDS, number, "mood", 0))
        heapq.heappush(due, (start + share * HEALTH_SECONDS, number, "health", 0))
    while due and due[0][0] < start + seconds:
        at, number, what, turn = heapq.heappop(due)
        time.sleep(max(0.0, at - time.monotonic()))
        publisher = fleet[number]
        if what == "mood":
            mood = LABELS[turn % len(LABELS)]
            view = View(mood=mood, present=True, people=1, labels=LABELS, confidence=0.8, last_decision="a" * 60)
            publisher.tell(MoodEvent("mood_changed", time.monotonic(), f"{number}-{turn}", mood=mood))
            publisher.show(replace(view, playing=f"music for {mood}"))
            heapq.heappush(due, (at + MOOD_SECONDS, number, what, turn + 1))
        else:
            publisher.health(health(turn))
            heapq.heappush(due, (at + HEALTH_SECONDS, number, what, turn + 1))
    time.sleep(max(0.0, start + seconds - time.monotonic()))


def health(turn: int) -> Health:
    """A health of the usual size."""
    return Health(
        at="2026-11-23T12:00:00+01:00",
        started_at="2026-11-23T08:00:00+01:00",
        uptime_seconds=turn,
        sense=True,
        pace="active",
        frames_per_second=5.0,
        active_rate_hz=5.0,
        cpu_ms_per_frame=48.2,
        celsius=54.1,
        throttled=False,
        sense_rss_mb=214.5,
        act_rss_mb=61.3,
        queues={"inbox": 0},
        counters={"stale_readings": 0, "inbox_full": 0, "mqtt_events": 0},
        requests_today=12,
        login_days_left=150.0,
    )


def name_of(number: int) -> str:
    """The id of a kiosk."""
    return f"kiosk{number:04}"


def _nobody(request: Request) -> Future[Result]:
    future: Future[Result] = Future()
    future.set_result(Result(request.name, ok=False, error="a simulated kiosk"))
    return future


# The measuring


class Ears:
    """Counts what a subscriber to everything hears."""

    def __init__(self, broker: Broker) -> None:
        self.messages = 0
        self.payload_bytes = 0
        self.discovery_bytes: dict[str, int] = {}
        self.online: set[str] = set()
        self.announced = 0
        self._client = Client(CallbackAPIVersion.VERSION2, "ears")
        self._client.on_message = self._heard
        subscribed = threading.Event()
        self._client.on_subscribe = lambda *_: subscribed.set()
        self._client.connect(broker.host, broker.port)
        self._client.loop_start()
        self._client.subscribe([("moodkiosk/#", 0), ("homeassistant/#", 0)])
        subscribed.wait(10)

    def close(self) -> None:
        """Stops listening."""
        self._client.disconnect()
        self._client.loop_stop()

    def birth(self) -> None:
        """Says that Home Assistant has started."""
        self._client.publish("homeassistant/status", "online")

    def _heard(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        self.messages += 1
        self.payload_bytes += len(message.payload)
        if message.topic.endswith("/config"):
            self.announced += 1
            self.discovery_bytes[message.topic] = len(message.payload)
        elif message.topic.endswith("/availability") and message.payload == b"online":
            self.online.add(message.topic)


def simulate(kiosks: int, seconds: float) -> dict[str, Any]:
    """The figures of one run."""
    with contextlib.ExitStack() as stack:
        broker = stack.enter_context(private_broker())
        ears = Ears(broker)
        stack.callback(ears.close)
        empty_rss = rss_mb(broker.pid)
        began = time.monotonic()
        fleet = [
            stack.enter_context(process(first, kiosks, seconds, broker)) for first in range(0, kiosks, PER_PROCESS)
        ]
        wait_until(lambda: len(ears.online) == kiosks and len(ears.discovery_bytes) == kiosks)
        all_online = time.monotonic() - began
        time.sleep(2.0)  # the last states after the announcements
        messages, sent, cpu = ears.messages, ears.payload_bytes, cpu_seconds(broker.pid)
        began = time.monotonic()
        for child in fleet:
            tell(child)
        costs = [json.loads(answer(child)) for child in fleet]
        took = time.monotonic() - began
        messages, sent, cpu = ears.messages - messages, ears.payload_bytes - sent, cpu_seconds(broker.pid) - cpu
        announced, began = ears.announced, time.monotonic()
        ears.birth()
        wait_until(lambda: ears.announced - announced >= kiosks)
        birth = time.monotonic() - began
        figures = {
            "broker": broker.name,
            "kiosks": kiosks,
            "seconds": round(took, 1),
            "all_online_seconds": round(all_online, 1),
            "messages_per_second": round(messages / took, 1),
            "messages_per_second_per_kiosk": round(messages / took / kiosks, 3),
            "payload_kb_per_second": round(sent / took / 1000, 2),
            "broker_rss_mb": round(rss_mb(broker.pid), 1),
            "broker_rss_kb_per_kiosk": round((rss_mb(broker.pid) - empty_rss) * 1000 / kiosks, 1),
            "broker_cpu_percent": round(cpu / took * 100, 3),
            "kiosk_cpu_ms_per_second": round(sum(c["cpu_seconds"] for c in costs) / took / kiosks * 1000, 3),
            "discovery_bytes_per_kiosk": max(ears.discovery_bytes.values()),
            "birth_to_all_announced_seconds": round(birth, 1),
        }
        for child in fleet:
            tell(child)
    return figures


@contextlib.contextmanager
def process(first: int, kiosks: int, seconds: float, broker: Broker) -> Iterator[subprocess.Popen[str]]:
    """A process of kiosks."""
    count = min(PER_PROCESS, kiosks - first)
    address = f"{broker.host},{broker.port},{broker.protocol}"
    command = [sys.executable, __file__, str(count), f"--seconds={seconds}", f"--first={first}", f"--broker={address}"]
    # The checkout is on the path of an installed environment anyway; this is for one that is not.
    surroundings = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)}
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=surroundings)
    try:
        yield child
        child.wait(30)
    finally:
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                pipe.close()


def tell(child: subprocess.Popen[str]) -> None:
    """Lets a process go on."""
    assert child.stdin is not None
    child.stdin.write("\n")
    child.stdin.flush()


def answer(child: subprocess.Popen[str]) -> str:
    """The line that a process prints."""
    assert child.stdout is not None
    return child.stdout.readline()


def wait_until(condition: Any) -> None:
    """Waits until the fleet has come so far."""
    deadline = time.monotonic() + START_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            sys.exit("fleet-sim: the kiosks did not all come online")
        time.sleep(0.05)


def rss_mb(pid: int) -> float:
    """Resident memory of a process; proc(5), statm."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * resource.getpagesize() / 1e6


def cpu_seconds(pid: int) -> float:
    """Processor seconds of the process's main thread so far; /proc/PID/schedstat, first field, in nanoseconds.

    Mosquitto has only this thread. (The figures of /proc/PID/stat are too coarse for so little.)
    """
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


if __name__ == "__main__":
    sys.exit(main())
