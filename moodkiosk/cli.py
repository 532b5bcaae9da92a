"""The command `moodkiosk`. What a subcommand does lives in its own module, loaded only when it is called."""

from __future__ import annotations

import argparse
import errno
import importlib
import os
import re
import sys
import textwrap
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from moodkiosk import __version__
from moodkiosk.config.arguments import EXIT_CODES, Parser, household
from moodkiosk.config.languages import reader
from moodkiosk.failure import Failure, OneLine, UsageError, one_line
from moodkiosk.host import garbage, streams
from moodkiosk.host.paths import RECORDINGS, SYSTEM_CONFIG
from moodkiosk.words.language import FALLBACK, say, translated
from moodkiosk.words.reason import Reason
from moodkiosk.words.system import system

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}
"""Errors of standard output that people can do something about."""
FILES = {errno.EMFILE, errno.ENFILE}
"""This process, or all of them, may open no further file."""


PURPOSES: dict[str, tuple[str, ...]] = {
    "see": ("demo", "status", "why", "replay"),
    "play": ("recommend", "choose", "more-like", "not-again", "play", "pause", "next", "volume", "mood", "music"),
    "teach": ("teach", "calibrate", "person", "correct", "remember", "collect", "model", "reload"),
    "set_up": ("run", "login", "tunes", "web-password", "web", "completion"),
    "mend": ("doctor", "camera", "forget", "discovery"),
    "systemd": ("act", "sense"),
}
"""The commands by what people want of them, as the help has them. `skip` is another word for `next`."""


PROGRAM = "moodkiosk"
WHERE_IT_SAYS = 16
"""The column in which the help says what a command does."""
INSTALL, ROLLBACK = Reason("help.option.install"), Reason("help.option.rollback")
LISTED = Reason("help.option.list")


class ByPurpose(argparse.HelpFormatter):
    """Keeps the lines of the help; what is longer than the terminal folds below where it says what a command does."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:  # noqa: ARG002 - argparse's own
        folded = []
        for line in text.splitlines():
            below = " " * WHERE_IT_SAYS if line.startswith(" ") else ""
            folded += textwrap.wrap(line, width, subsequent_indent=below, break_on_hyphens=False) or [""]
        return "\n".join(folded)


class Commands(Parser):
    """The whole of them; its help has them by purpose."""

    def overview(self, tag: str) -> str:
        """What the kiosk is, and every command."""
        return overview(tag)

    def error(self, message: str) -> NoReturn:
        """Of a command that there is not: which one may be meant, instead of the whole list."""
        if found := re.match(r"argument COMMAND: invalid choice: '(.*?)' \(choose", message, re.DOTALL):
            import difflib  # only what is misspelt needs it

            every = [name for names in PURPOSES.values() for name in names]
            near = difflib.get_close_matches(found[1], every, n=1)
            meant = Reason("arguments.meant", name=near[0]) if near else Reason("arguments.see_help")
            raise UsageError(Reason("arguments.no_command", given=repr(found[1]), meant=meant))
        super().error(message)


def overview(tag: str) -> str:
    """The commands by purpose, with what each does."""
    lines = [say(tag, "help.kiosk")]
    for purpose, names in PURPOSES.items():
        lines += ["", say(tag, f"help.for.{purpose}")]
        lines += [f"{f'  {name}':<{WHERE_IT_SAYS}}{translated(_does(name), tag)}" for name in names]
    return "\n".join(lines)


def _does(name: str) -> Reason:
    """What a command does."""
    return Reason(f"help.does.{name.replace('-', '_')}")


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
        sub = commands.add_parser(name, description=_does(name), epilog=EXIT_CODES)
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
    completion.set_defaults(whole=parser)
    _add_learn(add)
    _add_control(add)
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
    """The commands that are put to the running kiosk."""
    target = "moodkiosk.operate.control:main"
    add("status", target, json=True)
    add("why", target, json=True)
    camera = add("camera", target, json=True)
    camera.add_argument("value", choices=["on", "off", "lend"])
    music = add("music", target, json=True)
    music.add_argument("value", choices=["on", "off"])
    mood = add("mood", target, json=True)
    mood.add_argument("value", metavar="auto|LABEL")
    recommend = add("recommend", target, json=True)
    recommend.add_argument("--language", metavar="L", help=Reason("help.option.language"))
    recommend.add_argument("--artist", metavar="A", help=Reason("help.option.artist"))
    recommend.add_argument("--genre", metavar="G", help=Reason("help.option.genre"))
    recommend.add_argument("--list", action="store_true", help=Reason("help.option.recommend_list"))
    for name in ("choose", "more-like"):
        song = add(name, target, json=True)
        song.add_argument("value", metavar="NUMBER|ID", help=Reason("help.option.song"))
    song = add("not-again", target, json=True)
    song.add_argument("value", nargs="?", metavar="NUMBER|ID", help=Reason("help.option.song_again"))
    song.add_argument("--none", action="store_true", help=Reason("help.option.none"))
    add("play", target, json=True)
    add("pause", target, json=True)
    for name in ("next", "skip"):
        add(name, target, json=True)
    volume = add("volume", target, json=True)
    volume.add_argument("value", metavar="0-100|up|down")
    calibrate = add("calibrate", target, json=True)
    calibrate.add_argument("--person", dest="value", default="", metavar="NAME")
    teach = add("teach", "moodkiosk.operate.teach.command:main", json=True)
    teach.add_argument("labels", nargs="*", metavar="LABEL", help=Reason("help.option.teach_labels"))
    teach.add_argument("--person", default="", metavar="NAME", help=Reason("help.option.teach_person"))
    teach.add_argument("--seconds", type=float, default=5.0, metavar="N", help=Reason("help.option.teach_seconds"))
    teach.add_argument("--yes", action="store_true", help=Reason("help.option.yes"))
    person = add("person", target, json=True)
    person.add_argument("value", nargs="?", default="", metavar="NAME", help=Reason("help.option.nobody"))
    correct = add("correct", target, json=True)
    correct.add_argument("value", metavar="LABEL")
    remember = add("remember", target, json=True)
    remember.add_argument("value", choices=["on", "off"])
    add(
        "reload",
        target,
        json=True,
    )
    forget = add("forget", target, json=True)
    who = forget.add_mutually_exclusive_group(required=True)
    who.add_argument("--person", dest="value", type=_somebody, metavar="NAME")
    who.add_argument("--all", dest="value", action="store_const", const="")
    forget.add_argument("--recordings", type=Path, metavar="DIR", help=Reason("help.option.recordings"))


def _somebody(name: str) -> str:
    """A name that is none would mean everybody, to be forgotten: that is said by --all."""
    if not name.strip():
        raise UsageError(Reason("arguments.whom"))
    return name


def main(argv: Sequence[str] | None = None) -> int:
    """Runs a command line and returns its exit code."""
    return guarded(lambda: _call(argv))


def _call(argv: Sequence[str] | None) -> int:
    words = sys.argv[1:] if argv is None else argv
    # A mistake is put right with all of them, and the help shows all of them.
    top = parser(words[0] if words and any(words[0] in names for names in PURPOSES.values()) else None)
    args = top.parse_args(words)
    if args.command is None:
        top.print_help()
        return 0
    module, _, name = args.target.partition(":")
    if "config" in args and args.config is None and SYSTEM_CONFIG.is_file():
        args.config = SYSTEM_CONFIG
    try:
        with garbage.kept():
            does = getattr(importlib.import_module(module), name)
        return int(does(args))
    except OneLine as error:
        raise type(error)(_in_words_of_the_household(error, args)) from None


def _in_words_of_the_household(error: OneLine, args: argparse.Namespace) -> str:
    """What went wrong, in the language of the kiosk, if one is configured; services say it in English, to a journal."""
    services = args.command in PURPOSES["systemd"]
    return translated(str(error), FALLBACK if services else household(getattr(args, "config", None)))


def guarded(call: Callable[[], int], program: str = "moodkiosk") -> int:
    """The exit code of `call`; what people can do something about becomes one line on stderr instead of a traceback."""
    from moodkiosk.config.load import ConfigError
    from moodkiosk.host.paths import NotPrivateError

    def complain(text: object) -> None:
        streams.complain(f"{program}: {translated(one_line(text), reader())}")

    streams.make_safe()
    try:
        _refuse_other_encodings(sys.argv[1:])
        code = call()
        sys.stdout.flush()
    except (ConfigError, UsageError) as error:
        complain(str(error))
        return 2
    except Failure as error:
        complain(str(error))
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # `moodkiosk why | head` ends quietly
        streams.lead_nowhere(sys.stdout)
        return 1
    except NotPrivateError as error:
        complain(Reason("cannot.others_folder", path=error.filename))
        return 1
    except OSError as error:
        if error.filename is not None:  # a file or folder that this user may not use, or a name that is too long
            complain(Reason("file.cannot_use", path=one_line(error.filename), reason=system(error)))
            return 1
        if error.errno in FILES:
            complain(Reason("cannot.open", reason=system(error)))
            return 1
        if error.errno not in FULL:
            raise
        complain(Reason("file.cannot_write", reason=system(error)))
        streams.lead_nowhere(sys.stdout)
        return 1
    return code


def _refuse_other_encodings(words: Sequence[str]) -> None:
    """Raises UsageError for an argument whose bytes are no UTF-8: Python would hand on half letters (PEP 383)."""
    for word in words:
        if not word.isascii() and any("\ud800" <= letter <= "\udfff" for letter in word):
            shown = os.fsencode(word).decode("utf-8", "backslashreplace")
            raise UsageError(Reason("arguments.encoding", given=f"'{shown}'"))
