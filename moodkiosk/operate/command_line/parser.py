"""Every command with its options."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from moodkiosk import __version__
from moodkiosk.config.arguments import EXIT_CODES, Parser
from moodkiosk.failure import UsageError
from moodkiosk.host.paths import RECORDINGS, SYSTEM_CONFIG
from moodkiosk.operate.command_line.overview import ByPurpose, Commands, does, overview
from moodkiosk.words.language import FALLBACK
from moodkiosk.words.reason import Reason

PROGRAM = "moodkiosk"
CONTROL = "moodkiosk.operate.control:main"
"""What puts a command to the running kiosk."""
INSTALL, ROLLBACK = Reason("help.option.install"), Reason("help.option.rollback")
LISTED = Reason("help.option.list")


class _Unasked:
    """In place of the parser of a command that is not asked for: takes every option and keeps none."""

    def __call__(self, *_: object, **__: object) -> _Unasked:
        return self

    def __getattr__(self, _: str) -> _Unasked:
        return self


def parser(only: str | None = None) -> argparse.ArgumentParser:
    """The whole command line; `only`: with this command alone, in a quarter of the time."""
    top = Commands(
        prog=PROGRAM,
        usage=Reason("help.usage"),
        description=overview(FALLBACK),
        epilog=EXIT_CODES,
        formatter_class=ByPurpose,
    )
    top.add_argument("--version", action="version", version=f"moodkiosk {__version__}", help=Reason("help.version"))
    commands = top.add_subparsers(
        dest="command", prog=PROGRAM, parser_class=Parser, metavar="COMMAND", help=argparse.SUPPRESS
    )

    def add(name: str, target: str, *, config: bool = True, json: bool = False) -> argparse.ArgumentParser:
        if only not in (None, name):
            unasked: Any = _Unasked()
            return unasked  # type: ignore[no-any-return]  # it does what is asked of a parser here
        sub = commands.add_parser(name, description=does(name), epilog=EXIT_CODES)
        sub.set_defaults(target=target)
        if config:
            sub.add_argument(
                "--config", type=Path, metavar="FILE", help=Reason("help.option.config", file=str(SYSTEM_CONFIG))
            )
        if json:
            sub.add_argument("--json", action="store_true", help=Reason("help.option.json"))
        return sub

    _add_run(add)
    _add_setup(add)
    completion = add("completion", "moodkiosk.operate.completion:main", config=False)
    completion.add_argument("shell", choices=["bash", "zsh"])
    _add_learn(add)
    _add_control(add)
    _add_music(add)
    _add_people(add)
    return top


def _add_run(add: Callable[..., argparse.ArgumentParser]) -> None:
    """What runs the kiosk or a part of it, and looks whether it can."""
    add("run", "moodkiosk.operate.run:main", json=True)
    demo = add(
        "demo",
        "moodkiosk.operate.demo.command:main",
        config=False,
        json=True,
    )
    demo.add_argument("--seconds", type=float, metavar="N", help=Reason("help.option.demo_seconds"))
    demo.add_argument("--slower", type=float, default=1.0, metavar="N", help=Reason("help.option.demo_slower"))
    demo.add_argument(
        "--sound",
        nargs="?",
        const="",
        metavar="FILE.wav",
        help=Reason("help.option.demo_sound"),
    )
    sense = add("sense", "moodkiosk.sense.main:main", json=True)
    sense.add_argument("--source", metavar="WHAT", help=Reason("help.option.source"))
    add("act", "moodkiosk.act.main:main", json=True)
    replay = add("replay", "moodkiosk.operate.replay:main", json=True)
    replay.add_argument("file", type=Path, metavar="FILE")
    replay.add_argument("--rotate", type=int, choices=(0, 90, 180, 270), default=0, help=Reason("help.option.rotate"))
    replay.add_argument("--model", type=Path, metavar="M", help=Reason("help.option.replay_model"))
    whose = replay.add_mutually_exclusive_group()
    whose.add_argument("--person", metavar="NAME", help=Reason("help.option.replay_person"))
    whose.add_argument(
        "--neutral",
        metavar="FILE|auto",
        help=Reason("help.option.neutral"),
    )
    replay.add_argument("--no-self-calibrate", action="store_true", help=Reason("help.option.no_self"))
    doctor = add(
        "doctor",
        "moodkiosk.operate.doctor.report:main",
        json=True,
    )
    doctor.add_argument("--privacy", action="store_true", help=Reason("help.option.privacy"))


def _add_setup(add: Callable[..., argparse.ArgumentParser]) -> None:
    """What sets up what the kiosk plays with, and by whom it may be seen."""
    login = add("login", "moodkiosk.act.players.spotify.account.login:main")
    login.add_argument("--seconds", type=float, default=300, metavar="N", help=Reason("help.option.login_seconds"))
    tunes = add(
        "tunes",
        "moodkiosk.operate.tunes.command:main",
        config=False,
    )
    tunes.add_argument("folder", type=Path, metavar="FOLDER", help=Reason("help.option.tunes_folder"))
    tunes.add_argument("--seed", type=int, default=1, metavar="N", help=Reason("help.option.seed"))
    tunes.add_argument("--minutes", type=float, default=2.0, metavar="M", help=Reason("help.option.minutes"))
    add("web-password", "moodkiosk.act.web.access.password:main")
    discovery = add(
        "discovery",
        "moodkiosk.act.homeassistant.discovery:main",
        json=True,
    )
    discovery.add_argument("--remove", action="store_true", help=Reason("help.option.remove"))
    page = add("web", "moodkiosk.operate.page_address:main")
    page.add_argument("--check", metavar="URL", help=Reason("help.option.check"))


def _add_learn(add: Callable[..., argparse.ArgumentParser]) -> None:
    """What a household needs on the kiosk to train a model of its own."""
    collect = add(
        "collect",
        "moodkiosk.learn.collect.command:main",
    )
    collect.add_argument("labels", nargs="+", metavar="LABEL", help=Reason("help.option.labels"))
    collect.add_argument("--person", metavar="NAME", help=Reason("help.option.collect_person"))
    collect.add_argument("--seconds", type=float, default=20.0, metavar="N", help=Reason("help.option.collect_seconds"))
    collect.add_argument("--out", type=Path, default=RECORDINGS, metavar="DIR", help=Reason("help.option.out"))
    collect.add_argument("--source", metavar="WHAT", help=Reason("help.option.source"))
    collect.add_argument("--host", metavar="USER@KIOSK", help=Reason("help.option.host"))
    collect.add_argument("--quiet", action="store_true", help=Reason("help.option.quiet"))
    collect.add_argument("--keep-spelling", action="store_true", help=Reason("help.option.keep_spelling"))
    collect.add_argument("--ssh", default="ssh", metavar="COMMAND", help=Reason("help.option.ssh"))
    collect.add_argument("--kiosk-command", default="", metavar="FILE", help=Reason("help.option.kiosk_command"))

    model = add(
        "model",
        "moodkiosk.learn.deploy.install:main",
        json=True,
    )
    what = model.add_subparsers(dest="what", required=True, metavar="WHAT")
    install = what.add_parser("install", help=INSTALL, description=INSTALL)
    install.add_argument("file", metavar="FILE", help=Reason("help.option.install_file"))
    install.add_argument("--sha256", default="", metavar="HEX", help=Reason("help.option.sha256"))
    rollback = what.add_parser("rollback", help=ROLLBACK, description=ROLLBACK)
    for sub in (install, rollback, what.add_parser("list", help=LISTED, description=LISTED)):
        # People put options at the end; left out there, what stands before holds.
        sub.add_argument("--config", type=Path, metavar="FILE", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
        sub.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)


def _add_control(add: Callable[..., argparse.ArgumentParser]) -> None:
    """What the running kiosk says of itself, and its switches."""
    add("status", CONTROL, json=True)
    add("why", CONTROL, json=True)
    camera = add("camera", CONTROL, json=True)
    camera.add_argument("value", choices=["on", "off", "lend"])


def _add_music(add: Callable[..., argparse.ArgumentParser]) -> None:
    """Music from the running kiosk."""
    music = add("music", CONTROL, json=True)
    music.add_argument("value", choices=["on", "off"])
    mood = add("mood", CONTROL, json=True)
    mood.add_argument("value", metavar="auto|LABEL")
    recommend = add("recommend", CONTROL, json=True)
    recommend.add_argument("--language", metavar="L", help=Reason("help.option.language"))
    recommend.add_argument("--artist", metavar="A", help=Reason("help.option.artist"))
    recommend.add_argument("--genre", metavar="G", help=Reason("help.option.genre"))
    recommend.add_argument("--list", action="store_true", help=Reason("help.option.recommend_list"))
    for name in ("choose", "more-like"):
        song = add(name, CONTROL, json=True)
        song.add_argument("value", metavar="NUMBER|ID", help=Reason("help.option.song"))
    song = add("not-again", CONTROL, json=True)
    song.add_argument("value", nargs="?", metavar="NUMBER|ID", help=Reason("help.option.song_again"))
    song.add_argument("--none", action="store_true", help=Reason("help.option.none"))
    add("play", CONTROL, json=True)
    add("pause", CONTROL, json=True)
    for name in ("next", "skip"):
        add(name, CONTROL, json=True)
    volume = add("volume", CONTROL, json=True)
    volume.add_argument("value", metavar="0-100|up|down")


def _add_people(add: Callable[..., argparse.ArgumentParser]) -> None:
    """What the running kiosk is to know of people, and forget."""
    calibrate = add("calibrate", CONTROL, json=True)
    calibrate.add_argument("--person", dest="value", default="", metavar="NAME")
    teach = add("teach", "moodkiosk.operate.teach.command:main", json=True)
    teach.add_argument("labels", nargs="*", metavar="LABEL", help=Reason("help.option.teach_labels"))
    teach.add_argument("--person", default="", metavar="NAME", help=Reason("help.option.teach_person"))
    teach.add_argument("--seconds", type=float, default=5.0, metavar="N", help=Reason("help.option.teach_seconds"))
    teach.add_argument("--yes", action="store_true", help=Reason("help.option.yes"))
    person = add("person", CONTROL, json=True)
    person.add_argument("value", nargs="?", default="", metavar="NAME", help=Reason("help.option.nobody"))
    correct = add("correct", CONTROL, json=True)
    correct.add_argument("value", metavar="LABEL")
    remember = add("remember", CONTROL, json=True)
    remember.add_argument("value", choices=["on", "off"])
    add("reload", CONTROL, json=True)
    forget = add("forget", CONTROL, json=True)
    who = forget.add_mutually_exclusive_group(required=True)
    who.add_argument("--person", dest="value", type=_somebody, metavar="NAME")
    who.add_argument("--all", dest="value", action="store_const", const="")
    forget.add_argument("--recordings", type=Path, metavar="DIR", help=Reason("help.option.recordings"))


def _somebody(name: str) -> str:
    """A name that is none would mean everybody, to be forgotten: that is said by --all."""
    if not name.strip():
        raise UsageError(Reason("arguments.whom"))
    return name
