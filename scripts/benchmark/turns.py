"""The processes that are compared, and the socket they tell their readings to."""

from __future__ import annotations

import contextlib
import functools
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

ENVIRONMENTS = {"bare": "mediapipe", "classic": "classic"}
"""Of the sides that are not the kiosk's own. MediaPipe loads TensorFlow where it finds it, so the first has none."""

Round = dict[str, float]


@functools.cache
def python_of(kind: str) -> str | None:
    """The Python that runs a side, whose environment is set up if need be; None if that cannot be done."""
    own = ROOT / ".venv" / "bin" / "python"
    if kind not in ENVIRONMENTS:
        return str(own) if own.exists() else sys.executable
    name = ENVIRONMENTS[kind]
    made = f". scripts/_setup.sh && find_python 12 >/dev/null && ensure_venv .venv-{name} requirements/{name}.txt"
    if subprocess.run(["bash", "-c", made], cwd=ROOT, check=False, stdout=subprocess.DEVNULL).returncode:
        return None
    return str(ROOT / f".venv-{name}" / "bin" / "python")


class Side:
    """One process of `sides.py`."""

    def __init__(self, kind: str, size: tuple[int, int], link: Path) -> None:
        program = str(Path(__file__).with_name("sides.py"))
        command = [python_of(kind) or sys.executable, program, kind, *map(str, size), str(link)]
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
