"""Sound for the demo: an MPD of its own that has the composed pieces, on the sound card here or into a WAV file."""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import signal
import socket
import subprocess
import threading
import time
import wave
from collections.abc import Iterator, Mapping
from pathlib import Path

from moodkiosk.act.players.mpd.protocol import Connection, MpdError
from moodkiosk.failure import Failure
from moodkiosk.operate.tunes import command, synth
from moodkiosk.operate.tunes.composer import CHARACTERS
from moodkiosk.words.reason import Reason
from moodkiosk.words.system import system

SEED, SECONDS = 1, 60.0
"""Of the pieces: short, so that the demo need not be waited for."""
START_SECONDS, STOP_SECONDS = 120.0, 3.0
STEP_SECONDS = 0.1
SOFTWARE = 'mixer_type "software"'
"""The volume is turned down before the card: the person's own setting of that is left alone."""


@contextlib.contextmanager
def speaker(folder: Path, file: Path | None, seconds: float = SECONDS) -> Iterator[dict[str, object]]:
    """An MPD with a piece for each mood, and the settings of a kiosk that plays there.

    Args:
        folder: an empty one, for everything it needs.
        file: the WAV file to write what is heard to (pauses are left out); None: the sound card of this machine.
        seconds: how long each piece is at least.

    Raises:
        Failure: there is no MPD here, no sound card, or the file cannot be written.
    """
    program = shutil.which("mpd", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/usr/bin")
    if program is None:
        raise Failure(Reason("sound.no_mpd"))
    pipe = folder / "heard"
    output = ['type "fifo"', f'path "{pipe}"', f'format "{synth.RATE_HZ}:16:1"'] if file else card(os.environ)
    music, port = folder / "music", free_port()
    music.mkdir(parents=True)
    lines = [
        f'music_directory "{music}"',
        f'db_file "{folder / "db"}"',
        f'log_file "{folder / "log"}"',
        f'bind_to_address "127.0.0.1"\nport "{port}"',
        'zeroconf_enabled "no"',
        "audio_output {",
        'name "demo"',
        *output,
        SOFTWARE,
        "}",
    ]
    (folder / "mpd.conf").write_text("\n".join(lines) + "\n", encoding="utf-8")
    with contextlib.ExitStack() as stack:
        if file:
            os.mkfifo(pipe)
            stack.enter_context(_written_down(pipe, file))
        for mood in CHARACTERS:
            command.write(music, mood, SEED, seconds)
        stack.enter_context(_running([program, "--no-daemon", str(folder / "mpd.conf")], port))
        yield {"mpd": {"host": "127.0.0.1", "port": port}}


def card(environment: Mapping[str, str], devices: Path = Path("/dev/snd")) -> list[str]:
    """MPD's output for the sound of this machine: PipeWire, PulseAudio, or the card itself. Raises Failure."""
    runtime = Path(environment.get("XDG_RUNTIME_DIR") or "/nowhere")
    if (runtime / "pulse" / "native").exists():  # PipeWire has this door as well
        return ['type "pulse"']
    if (runtime / "pipewire-0").exists():
        return ['type "pipewire"']
    if any(devices.glob("pcm*p")):
        return ['type "alsa"']
    raise Failure(Reason("sound.no_card"))


@contextlib.contextmanager
def _running(line: list[str], port: int) -> Iterator[None]:
    """The server, from when it knows all pieces. Raises Failure."""
    # A group of its own: Ctrl-C on the terminal does not silence it before the kiosk has ended.
    server = subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, process_group=0)
    try:
        end = time.monotonic() + START_SECONDS
        while not _knows_all(port):
            if server.poll() is not None or time.monotonic() > end:
                raise Failure(Reason("sound.no_start"))
            time.sleep(STEP_SECONDS)
        yield
    finally:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _knows_all(port: int) -> bool:
    try:
        with Connection("127.0.0.1", port, "", lambda: START_SECONDS) as server:
            return dict(server.ask("stats")).get("songs") == str(len(CHARACTERS))
    except MpdError:
        return False


@contextlib.contextmanager
def _written_down(pipe: Path, file: Path) -> Iterator[None]:
    """Writes what comes out of the pipe into a WAV file, on a thread. Raises Failure."""
    ended = threading.Event()
    with contextlib.ExitStack() as stack:
        try:
            # Bound to the stack, for a file of that name need not be writable.
            sink = stack.enter_context(wave.open(stack.enter_context(file.open("wb")), "wb"))
        except OSError as error:
            raise Failure(Reason("sound.not_written", file=str(file), reason=system(error))) from None
        sink.setparams((1, 2, synth.RATE_HZ, 0, "NONE", "not compressed"))
        source = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
        stack.callback(os.close, source)

        def listen() -> None:
            while not ended.is_set():
                select.select([source], [], [], STEP_SECONDS)
                with contextlib.suppress(BlockingIOError):
                    heard = os.read(source, 65_536)
                    sink.writeframes(heard)
                    if not heard:  # nobody has the other end: the server is not there yet, or no more
                        ended.wait(STEP_SECONDS)

        thread = threading.Thread(target=listen, name="written-down", daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
