"""A real MPD on a loopback port, with a small library of tones and outputs that need no sound card."""

from __future__ import annotations

import contextlib
import os
import subprocess
import tempfile
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from moodkiosk.act.players.mpd.protocol import Connection, MpdError, Pairs
from tests.support import needs
from tests.support.mjpeg import free_port
from tests.support.wait import until

SONGS = {
    "Sunny/One.flac": {"title": "One", "artist": "Nena", "album": "Sunny", "genre": "Pop"},
    "Sunny/Two.flac": {"title": "Two", "artist": "Nena", "album": "Sunny", "genre": "Pop"},
    "Calm/Rain.flac": {"title": "Rain", "artist": "Arijit Singh", "album": "Calm", "genre": "Hindi"},
    "Calm/Slow 'n' \"soft\".flac": {"title": "Slow", "artist": "Ada", "album": "Calm", "genre": "sad"},
}


@dataclass
class Mpd:
    """The server: where it is, and its folder."""

    port: int
    folder: Path
    password: str = ""
    process: subprocess.Popen[bytes] | None = None

    def ask(self, command: str, *words: object) -> Pairs:
        """Puts a command of its own, as another client of the household would."""
        with Connection("127.0.0.1", self.port, self.password, lambda: 10.0) as server:
            return server.ask(command, *words)

    def status(self) -> dict[str, str]:
        return dict(self.ask("status"))

    def queue(self) -> list[str]:
        return [value for key, value in self.ask("playlistinfo") if key == "file"]

    def loudness(self) -> float:
        """The mean square of what is heard from now on, 0 to 1; waits for half a second of sound that is not silent."""
        heard = b""
        pipe = os.open(self.folder / "heard", os.O_RDONLY | os.O_NONBLOCK)
        try:
            with contextlib.suppress(BlockingIOError):
                while os.read(pipe, 65_536):
                    """What was heard before is left out."""

            def listen() -> bool:
                nonlocal heard
                with contextlib.suppress(BlockingIOError):
                    heard = (heard + os.read(pipe, 65_536).lstrip(b"\0" if not heard else b""))[:8000]
                return len(heard) >= 8000

            until(listen, 20, "sound at the output")
        finally:
            os.close(pipe)
        samples = array("h", heard[: len(heard) // 2 * 2])
        return sum((sample / 32_768) ** 2 for sample in samples) / len(samples)

    def start(self) -> None:
        """Starts it, and waits until it answers and knows its library."""
        self.process = subprocess.Popen(["mpd", "--no-daemon", str(self.folder / "mpd.conf")])
        until(self._answers, 30, "MPD answers")

    def stop(self) -> None:
        """Ends it at once, as a power cut would."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def end(self) -> None:
        """Ends it in order: it writes down what it plays, and how loud."""
        assert self.process is not None
        self.process.terminate()
        self.process.wait(30)

    def _answers(self) -> bool:
        try:
            return dict(self.ask("stats")).get("songs") == str(len(SONGS)) and "updating_db" not in self.status()
        except MpdError:
            return False


@cache
def song(name: str) -> bytes:
    """A minute of one tone, with its tags, as FLAC."""
    words = [word for key, value in SONGS[name].items() for word in ("-metadata", f"{key}={value}")]
    tone = ["ffmpeg", "-loglevel", "error", "-f", "lavfi", "-i", "sine=440:duration=60:sample_rate=8000"]
    # Into a file, not into a pipe: the length is written at last into its first bytes, and without a length MPD may
    # begin at the start wherever it is asked to seek to.
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "tone.flac")
        subprocess.run([*tone, *words, str(path)], check=True, capture_output=True)
        return path.read_bytes()


@contextlib.contextmanager
def running(folder: Path, *, password: str = "") -> Iterator[Mpd]:
    """A server for a test; what it plays can be read from the file "heard" of its folder."""
    if needs.find("mpd") is None or needs.find("ffmpeg") is None:
        pytest.skip("needs mpd and ffmpeg")
    music = folder / "music"
    for name in SONGS:
        path = music / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(song(name))
    (folder / "lists").mkdir()
    (folder / "lists" / "Evening.m3u").write_text("Sunny/One.flac\nSunny/Two.flac\n", encoding="utf-8")
    found = Mpd(free_port(), folder, password)
    # A named pipe at the pace of a sound card: what nobody reads is thrown away.
    lines = [
        f'music_directory "{music}"',
        f'playlist_directory "{folder / "lists"}"',
        f'db_file "{folder / "db"}"',
        f'state_file "{folder / "state"}"',
        f'log_file "{folder / "log"}"',
        'bind_to_address "127.0.0.1"',
        f'port "{found.port}"',
        'auto_update "no"',
        "audio_output {",
        'type "fifo"',
        'name "heard"',
        f'path "{folder / "heard"}"',
        'format "8000:16:1"',
        'mixer_type "software"',
        "}",
    ]
    if password:
        lines += [f'password "{password}@read,add,control,admin,player"', 'default_permissions ""']
    (folder / "mpd.conf").write_text("\n".join(lines) + "\n", encoding="utf-8")
    found.start()
    try:
        yield found
    finally:
        found.stop()
