"""`moodkiosk model`: checks a model with the kiosk's own Python, puts it in place, and has it loaded without a restart.

The installed kiosk's state folder belongs to the half that sees. Who may not write there goes on as root (sudo), and
root writes as that user, so nothing in the folder can lead it elsewhere and everything keeps its owner.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from moodkiosk.config import load
from moodkiosk.config.languages import reader
from moodkiosk.failure import Failure, UsageError, reason
from moodkiosk.host import files, paths
from moodkiosk.host.digest import sha256_hex
from moodkiosk.link import control
from moodkiosk.link.absent import sense_absent
from moodkiosk.sense.teach.store import ModelStore
from moodkiosk.words.language import translated
from moodkiosk.words.reason import Reason
from moodkiosk.words.system import system

if TYPE_CHECKING:
    from moodkiosk.config.settings import Config
    from moodkiosk.sense.mood.model import MoodModel

RELOAD_SECONDS = 20.0
STARTER = Reason("install.starter")
INSTALLED = "installed"


def main(args: argparse.Namespace) -> int:
    """Installs, rolls back or lists."""
    settings = load.load(args.config, secrets=False)
    state = paths.state_dir(settings.paths, "sense")
    if args.what != "list" or not _readable(state):
        _become_able(state)
    from moodkiosk.sense.mood.model import DEPLOYED

    store = ModelStore(state / DEPLOYED)
    if args.what == "list":
        with _as_owner(state):
            report = {"current": _name(store.current), "before": [_name(path) for path in reversed(store.before)]}
        rows = [Reason("install.current", model=report["current"])]
        rows += [Reason("install.before", model=name) for name in report["before"]]
    elif args.what == "rollback":
        report = _rollback(store, state, settings)
        rows = [Reason("install.back", model=report["model"], kiosk=report["kiosk"])]
    else:
        report = _install(_read(args.file), args.sha256, store, state, settings)
        there = report["what"] == INSTALLED
        key = "install.installed" if there else "install.was_there"
        rows = [Reason(key, model=report["model"], kiosk=report["kiosk"])]
    if settings.model.file:
        report["note"] = note = Reason("install.configured", file=settings.model.file)
        rows.append(Reason("signin.note", text=note))
    tag = reader(settings.kiosk.language)
    print(json.dumps(report) if args.json else "\n".join(translated(row, tag) for row in rows))
    return 0


def _install(data: bytes, wanted: str, store: ModelStore, state: Path, settings: Config) -> dict[str, Any]:
    if wanted and sha256_hex(data) != wanted.lower():
        raise Failure(Reason("install.other_hash"))
    model = check(data)
    try:
        with _as_owner(state):
            changed = store.put(data)
    except OSError as error:
        path = str(error.filename or store.current)
        raise Failure(Reason("install.not_written", path=path, reason=system(error))) from None
    try:
        kiosk = _reload(settings)
    except Failure:
        if changed:
            with _as_owner(state):
                store.back()
        raise
    what = INSTALLED if changed else "was there already"
    return {"what": what, "model": _name(store.current, data), "sha256": model.hash, "kiosk": kiosk}


def _rollback(store: ModelStore, state: Path, settings: Config) -> dict[str, Any]:
    try:
        with _as_owner(state):
            if not store.back():
                raise Failure(Reason("install.nothing_before"))
            current = store.current.read_bytes() if store.current.exists() else None
    except OSError as error:
        raise Failure(Reason("signin.not_written", path=str(error.filename or state), reason=system(error))) from None
    name = STARTER if current is None else _name(store.current, current)
    return {"what": "back to", "model": name, "kiosk": _reload(settings)}


def check(data: bytes) -> MoodModel:
    """Loads a model from its bytes as the kiosk will, and asks it once. Raises Failure: one line of what is wrong."""
    import numpy as np

    from moodkiosk.sense.mood import model as models
    from moodkiosk.sense.mood.bundle import BadModel
    from moodkiosk.sense.mood.measures import MEASURES

    with tempfile.NamedTemporaryFile(prefix="moodkiosk-", suffix=".tflite") as file:
        file.write(data)
        file.flush()
        try:
            loaded = models.load(Path(file.name), mirrored=False)
        except BadModel as error:
            # Said of a file of its own name, which nobody has given it.
            why = getattr(str(error), "fields", {}).get("reason", str(error))
            raise Failure(Reason("install.refused", reason=why)) from None
    answer = loaded.probabilities(np.zeros(len(MEASURES[loaded.schema]), np.float32))
    if not np.isfinite(answer).all():
        raise Failure(Reason("install.refused", reason=Reason("install.no_numbers")))
    return loaded


def _reload(settings: Config) -> str:
    """Has the running kiosk load its model; says what came of it. Raises Failure when the kiosk refuses it."""
    try:
        result = control.ask(paths.control_socket(settings.paths), "reload", timeout=RELOAD_SECONDS)
    except control.NotRunning:
        return Reason("install.no_kiosk")
    if not result.ok:
        if sense_absent(result):
            return Reason("install.no_sense")
        raise Failure(Reason("install.not_taken", reason=result.error or ""))
    return Reason("install.loaded")


def _read(name: str) -> bytes:
    from moodkiosk.sense.mood.model import LIMIT_BYTES

    try:
        if name == "-":
            return sys.stdin.buffer.read(LIMIT_BYTES + 1)
        with open(name, "rb") as file:
            return file.read(LIMIT_BYTES + 1)
    except OSError as error:
        raise UsageError(Reason("kept.unreadable", path=name, reason=system(error))) from None


def _name(path: Path, data: bytes | None = None) -> str:
    """A model in a few words: its labels and the head of its hash."""
    from moodkiosk.sense.mood.bundle import BadModel, unbundle
    from moodkiosk.sense.mood.model import LIMIT_BYTES

    if data is None and not path.exists():
        return STARTER
    try:
        data = files.read_at_most(path, LIMIT_BYTES) if data is None else data
    except (OSError, files.TooLarge) as error:
        return Reason("install.unreadable", name=path.name, reason=reason(error))
    try:
        labels = ", ".join(unbundle(data)[0].labels)
    except BadModel as error:
        labels = str(error)
    return f"{sha256_hex(data)[:12]} ({labels})"


def _readable(state: Path) -> bool:
    """Whether this user may list the models that are kept there, if there are any."""
    there = _nearest(state)
    return os.access(there, os.R_OK | os.X_OK) and (there != state or os.access(_nearest(state / "models"), os.R_OK))


def _nearest(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there for this user."""
    return next(path for path in (folder, *folder.parents) if os.access(path, os.F_OK))


def _become_able(state: Path) -> None:
    """Goes on as root if the state folder belongs to another user."""
    if os.geteuid() == 0 or os.access(_nearest(state), os.W_OK | os.X_OK):
        return
    quiet = [] if sys.stdin.isatty() else ["-n"]
    program = Path(sys.argv[0]).resolve()
    command = [sys.executable, "-m", "moodkiosk"] if program.name == "__main__.py" else [str(program)]
    try:
        os.execvp("sudo", ["sudo", *quiet, *command, *sys.argv[1:]])  # noqa: S606 - no shell is wanted
    except OSError:
        raise Failure(Reason("install.no_sudo", folder=str(state))) from None


@contextlib.contextmanager
def _as_owner(state: Path) -> Iterator[None]:
    """Root acts as the owner of the folder meanwhile."""
    owner = state.stat() if state.exists() else None
    if os.geteuid() != 0 or owner is None or owner.st_uid == 0:
        yield
        return
    try:
        os.setegid(owner.st_gid)
        os.seteuid(owner.st_uid)
    except PermissionError as error:  # a root without that power, as in some containers
        raise Failure(Reason("install.no_owner", folder=str(state), reason=system(error))) from None
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)
