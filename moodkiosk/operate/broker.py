"""A private MQTT broker on this machine, for the demo and for tests: mosquitto where it is installed, else amqtt."""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from moodkiosk.failure import Failure
from moodkiosk.words.reason import Reason

START_SECONDS = 180.0
"""One that ends is not waited for; one of Python, on a slow machine that has not compiled it yet, may take a minute."""
STOP_SECONDS = 1.0
LOOPBACK = "127.0.0.1"
Protocol = Literal["5", "3.1.1"]
MOSQUITTO: tuple[str, Protocol] = ("mosquitto", "5")
AMQTT: tuple[str, Protocol] = ("amqtt", "3.1.1")


@dataclass(frozen=True, slots=True)
class Broker:
    """Where the broker is.

    Attributes:
        name: "mosquitto" or "amqtt".
        protocol: what to set `mqtt.protocol` to; amqtt speaks 3.1.1 only.
        pid: its process.
    """

    name: str
    host: str
    port: int
    protocol: Protocol
    pid: int


def mosquitto_program() -> str | None:
    """The path of mosquitto; Debian puts it where a user's PATH does not lead."""
    return shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


def free_port() -> int:
    """A TCP port on the loopback address that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    """Whether somebody listens on `port` of the loopback address."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((LOOPBACK, port)) == 0


@contextlib.contextmanager
def private_broker(program: str | None = None) -> Iterator[Broker]:
    """Runs a broker on a free loopback port while the block runs. Raises Failure if it does not start.

    Args:
        program: the mosquitto to run; None: look for one; "": run amqtt in any case.
    """
    program = mosquitto_program() if program is None else program
    port = free_port()
    with contextlib.ExitStack() as stack:
        if program:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="moodkiosk-broker-")))
            settings = folder / "mosquitto.conf"
            settings.write_text(
                f"listener {port} {LOOPBACK}\nallow_anonymous true\npersistence false\nlog_dest none\n"
                "set_tcp_nodelay true\n"
            )
            command = [program, "-c", str(settings)]
        else:
            command = [sys.executable, "-P", "-m", "moodkiosk.operate.broker", str(port)]
        # A session of its own: Ctrl-C is for us, and the broker goes last.
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
        stack.callback(_stop, child)
        deadline = time.monotonic() + START_SECONDS
        while not answers(port):
            if child.poll() is not None or time.monotonic() > deadline:
                raise Failure(Reason("cannot.broker", command=" ".join(command)))
            time.sleep(0.02)
        name, protocol = MOSQUITTO if program else AMQTT
        yield Broker(name, LOOPBACK, port, protocol, child.pid)


def _stop(child: subprocess.Popen[bytes]) -> None:
    child.terminate()
    try:
        child.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def run_amqtt(port: int) -> None:
    """Runs amqtt on `port` of the loopback address until SIGTERM. Raises ImportError where it is not installed."""
    import asyncio
    import signal

    from amqtt.broker import Broker as Amqtt

    # It complains of every client that leaves without a word, and of our own look whether it listens.
    logging.disable(logging.CRITICAL)

    async def serve() -> None:
        broker = Amqtt(
            {
                "listeners": {"default": {"type": "tcp", "bind": f"{LOOPBACK}:{port}"}},
                "plugins": {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True}},
            }
        )
        ended = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
        await broker.start()
        await ended.wait()
        await broker.shutdown()

    asyncio.run(serve())


if __name__ == "__main__":
    run_amqtt(int(sys.argv[1]))
