"""A configuration that was changed while the kiosk runs: which keys, and what takes them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass

import msgspec

from moodkiosk.config.settings import Config
from moodkiosk.host.digest import sha256_hex

TAKEN = ("presence", "mood", "music", "spotify", "mpd")
"""Sections that a running kiosk takes; so it does `camera.off_hours`."""
OF_SENSE = ("camera", "sense", "model", "learning")
"""Sections that are read by the half that sees when it starts; all others, by the half that talks."""
NOBODYS = ("display",)
"""Sections that no running half reads."""
ACT, SENSE = "moodkiosk-act", "moodkiosk-sense"


def differences(one: object, other: object, path: str = "") -> Iterator[str]:
    """The keys, with dots, whose values differ; of tables that people fill, such as `music.moods`, the table's."""
    if one == other:
        return
    names = _names(one)
    if names and type(one) is type(other):
        for name in names:
            yield from differences(getattr(one, name), getattr(other, name), f"{path}.{name}" if path else name)
    else:
        yield path


def taken(running: Config, file: Config) -> Config:
    """What runs, with everything of the file that a running kiosk takes."""
    camera = msgspec.structs.replace(running.camera, off_hours=file.camera.off_hours)
    return msgspec.structs.replace(running, camera=camera, **{name: getattr(file, name) for name in TAKEN})


def is_taken(key: str) -> bool:
    """Whether a running kiosk takes it."""
    return key.split(".")[0] in TAKEN or key == "camera.off_hours"


def restarts(keys: Sequence[str]) -> Mapping[str, list[str]]:
    """The units that have to be restarted for keys to be taken, and which keys."""
    found: dict[str, list[str]] = {}
    for key in keys:
        section = key.split(".")[0]
        if is_taken(key) or section in NOBODYS:
            continue
        for unit in (ACT, SENSE) if section == "paths" else (SENSE,) if section in OF_SENSE else (ACT,):
            found.setdefault(unit, []).append(key)
    return found


def digest(config: Config) -> str:
    """What the half that sees has read, as a short number: the same for the same settings."""
    camera = msgspec.structs.replace(config.camera, off_hours=())
    read = [camera, *(getattr(config, name) for name in (*OF_SENSE[1:], "paths"))]
    return sha256_hex(msgspec.json.encode(read))[:16]


def _names(value: object) -> tuple[str, ...]:
    if isinstance(value, msgspec.Struct):
        return value.__struct_fields__
    return tuple(field.name for field in fields(value)) if is_dataclass(value) and not isinstance(value, type) else ()
