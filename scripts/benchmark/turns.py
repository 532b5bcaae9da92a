"""The processes that are compared, and the socket they tell their readings to."""

from __future__ import annotations

import contextlib
import json
import select
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# What is measured must be the kiosk's own environment: with TensorFlow installed, MediaPipe loads it.
OWN_PYTHON = next((str(path) for path in [ROOT / ".venv" / "bin" / "python"] if path.exists()), sys.executable)

Round = dict[str, float]


class Side:
    """One process of `sides.py`."""

    def __init__(self, kind: str, size: tuple[int, int], link: Path, python: str = OWN_PYTHON) -> None:
        command = [python, str(Path(__file__).with_name("sides.py")), kind, *map(str, size), str(link)]
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        self._answer()

    def round(self, what: str, number: float) -> Round:
        """Lets it work for so many "frames" or "seconds"."""
        assert self._process.stdin is not None
        amount = int(number) if what == "frames" else round(number, 2)
        print(what, amount, file=self._process.stdin, flush=True)
        return self._answer()

    def end(self) -> None:
        """Ends the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(30)

    def _answer(self) -> Round:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            sys.exit(f"{' '.join(map(str, self._process.args))} ended ({self._process.wait()})")  # type: ignore[arg-type]  # a list of texts
        answer: Round = json.loads(line)
        return answer


@contextlib.contextmanager
def listening() -> Iterator[Path]:
    """A socket that takes whatever sense tells, in act's place."""
    with tempfile.TemporaryDirectory(prefix="moodkiosk-bench-") as folder, socket.socket(socket.AF_UNIX) as server:
        path = Path(folder) / "link.sock"
        server.bind(str(path))
        server.listen()

        def take() -> None:
            peers: list[socket.socket] = []
            with contextlib.suppress(OSError):
                while True:
                    readable, _, _ = select.select([server, *peers], [], [])
                    for peer in readable:
                        if peer is server:
                            peers.append(server.accept()[0])
                        elif not peer.recv(65536):
                            peers.remove(peer)

        threading.Thread(target=take, daemon=True).start()
        yield path
