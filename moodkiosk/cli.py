"""The command `moodkiosk`. What a subcommand does lives in its own module, loaded only when it is called."""

from __future__ import annotations

import argparse
import errno
import importlib
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from moodkiosk import __version__
from moodkiosk.failure import EPILOG, Failure, OneLine, UsageError, one_line
from moodkiosk.host import streams
from moodkiosk.host.paths import RECORDINGS, SYSTEM_CONFIG

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}
"""Errors of standard output that people can do something about."""


SONG_COMMANDS = {
    "choose": "Plays one of the songs to choose from now.",
    "more-like": "Wants more of this: it takes turns with the mood's own music.",
}

PURPOSES: dict[str, tuple[str, ...]] = {
    "See it": ("demo", "status", "why", "replay"),
    "Play": ("recommend", "choose", "more-like", "not-again", "play", "pause", "next", "volume", "mood", "music"),
    "Teach it": ("teach", "calibrate", "person", "correct", "remember", "collect", "model", "reload"),
    "Set it up": ("run", "login", "tunes", "web-password", "web", "completion"),
    "Mend it": ("doctor", "camera", "forget", "discovery"),
    "For systemd": ("act", "sense"),
}
"""The commands by what people want of them, as the help has them. `skip` is another word for `next`."""


def purposes(table: Mapping[str, str]) -> str:
    """The commands by purpose, with what each does."""
    lines = []
    for purpose, names in PURPOSES.items():
        lines += ["", purpose, *(f"  {name:<14}{table[name]}" for name in names)]
    return "\n".join(lines).lstrip("\n")


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = argparse.ArgumentParser(
        prog="moodkiosk",
        usage="moodkiosk COMMAND [--help] …",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"moodkiosk {__version__}")
    commands = top.add_subparsers(dest="command", metavar="COMMAND", help=argparse.SUPPRESS)

    table: dict[str, str] = {}

    def add(name: str, target: str, text: str, *, config: bool = True, json: bool = False) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, description=text, epilog=EPILOG)
        table[name] = text
        sub.set_defaults(target=target)
        if config:
            sub.add_argument("--config", type=Path, metavar="FILE", help=f"default: {SYSTEM_CONFIG} if it is there")
        if json:
            sub.add_argument("--json", action="store_true", help="for machines: one JSON object a line")
        return sub

    add("run", "moodkiosk.operate.run:main", "Runs both halves on a desk, until Ctrl-C.", json=True)
    demo = add(
        "demo",
        "moodkiosk.operate.demo.command:main",
        "Runs the whole kiosk with a drawn actor, no camera needed.",
        config=False,
        json=True,
    )
    demo.add_argument("--seconds", type=float, metavar="N", help="end after N seconds (default: at Ctrl-C)")
    demo.add_argument(
        "--sound",
        nargs="?",
        const="",
        metavar="FILE.wav",
        help="play the moods' pieces on the sound card here (with MPD), or write down what is heard",
    )
    sense = add("sense", "moodkiosk.sense.main:main", "Runs the half that sees.", json=True)
    sense.add_argument("--source", metavar="WHAT", help="instead of camera.source in the configuration")
    add("act", "moodkiosk.act.main:main", "Runs the half that talks.", json=True)
    replay = add(
        "replay", "moodkiosk.operate.replay:main", "Runs everything on a video file, in the file's own time.", json=True
    )
    replay.add_argument("file", type=Path, metavar="FILE")
    replay.add_argument(
        "--rotate", type=int, choices=(0, 90, 180, 270), default=0, help="degrees clockwise to turn the film by"
    )
    replay.add_argument("--model", type=Path, metavar="M", help="instead of the configured model")
    whose = replay.add_mutually_exclusive_group()
    whose.add_argument("--person", metavar="NAME", help="whose calibrated neutral face to use (default: nobody's)")
    whose.add_argument(
        "--neutral",
        metavar="FILE|auto",
        help="a recording or film of a neutral look; auto: the first five seconds with somebody in this film",
    )
    replay.add_argument(
        "--no-self-calibrate", action="store_true", help="do not learn the face at rest of whoever is in front"
    )
    doctor = add(
        "doctor",
        "moodkiosk.operate.doctor.report:main",
        "Checks everything the kiosk needs and says what to do.",
        json=True,
    )
    doctor.add_argument("--privacy", action="store_true", help="check the promise: what sees has no network")
    login = add("login", "moodkiosk.act.players.spotify.account.login:main", "Signs in to Spotify; works over SSH.")
    login.add_argument("--seconds", type=float, default=300, metavar="N", help="wait at most N seconds (default 300)")
    tunes = add(
        "tunes",
        "moodkiosk.operate.tunes.command:main",
        "Composes five calm pieces, one a mood, for the player 'mpd'.",
        config=False,
    )
    tunes.add_argument("folder", type=Path, metavar="FOLDER", help="where they go, as FLAC files")
    tunes.add_argument("--seed", type=int, default=1, metavar="N", help="other pieces (default 1)")
    tunes.add_argument("--minutes", type=float, default=2.0, metavar="M", help="how long each is (default 2)")
    add("web-password", "moodkiosk.act.web.access.password:main", "Sets the password of the kiosk page.")
    discovery = add(
        "discovery",
        "moodkiosk.act.homeassistant.discovery:main",
        "Shows or removes the Home Assistant discovery.",
        json=True,
    )
    discovery.add_argument("--remove", action="store_true", help="remove this kiosk from Home Assistant")
    page = add("web", "moodkiosk.operate.page_address:main", "Says where the page is to be had, and checks an address.")
    page.add_argument("--check", metavar="URL", help="say what would be answered to this address, and why")
    completion = add(
        "completion", "moodkiosk.operate.completion:main", "Completes this command in bash or zsh.", config=False
    )
    completion.add_argument("shell", choices=["bash", "zsh"])
    completion.set_defaults(whole=parser)
    _add_learn(add)
    _add_control(add)
    top.description = f"Sees how you feel and plays the music for it.\n\n{purposes(table)}"
    return top


def _add_learn(add: Callable[..., argparse.ArgumentParser]) -> None:
    """What a household needs on the kiosk to train a model of its own."""
    collect = add(
        "collect", "moodkiosk.learn.collect.command:main", "Records labelled landmarks of a person, to train with."
    )
    collect.add_argument("labels", nargs="+", metavar="LABEL", help="moods or gestures to show, one after another")
    collect.add_argument("--person", metavar="NAME", help="who is in front of the camera")
    collect.add_argument("--seconds", type=float, default=20.0, metavar="N", help="for each label (default 20)")
    collect.add_argument("--out", type=Path, default=RECORDINGS, metavar="DIR", help="default: recordings")
    collect.add_argument("--source", metavar="WHAT", help="instead of camera.source in the configuration")
    collect.add_argument("--host", metavar="USER@KIOSK", help="on that kiosk, over SSH; brings the recordings here")
    collect.add_argument("--quiet", action="store_true", help="plain lines, no keys; also without a terminal")
    collect.add_argument("--keep-spelling", action="store_true", help="take the labels as they are typed")
    collect.add_argument("--ssh", default="ssh", metavar="COMMAND", help="with --host: instead of ssh")
    collect.add_argument("--kiosk-command", default="", metavar="FILE", help="with --host: where moodkiosk is there")

    model = add(
        "model",
        "moodkiosk.learn.deploy.install:main",
        "Puts a model into this kiosk, or the one before back.",
        json=True,
    )
    what = model.add_subparsers(dest="what", required=True, metavar="WHAT")
    install = what.add_parser("install", help="checks a model file, puts it in place and loads it")
    install.add_argument("file", metavar="FILE", help="'-' reads it from standard input")
    install.add_argument("--sha256", default="", metavar="HEX", help="refuse any other file")
    rollback = what.add_parser("rollback", help="goes back to the model before, in the end to the starter model")
    for sub in (install, rollback, what.add_parser("list", help="says which models are kept")):
        # People put options at the end; left out there, what stands before holds.
        sub.add_argument("--config", type=Path, metavar="FILE", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
        sub.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)


def _add_control(add: Callable[..., argparse.ArgumentParser]) -> None:
    """The commands that are put to the running kiosk."""
    target = "moodkiosk.operate.control:main"
    add("status", target, "Says how the running kiosk is doing.", json=True)
    add("why", target, "Lists the last decisions and why they were taken.", json=True)
    camera = add("camera", target, "Opens or closes the camera.", json=True)
    camera.add_argument("value", choices=["on", "off", "lend"])
    music = add("music", target, "Switches automatic music on or off.", json=True)
    music.add_argument("value", choices=["on", "off"])
    mood = add("mood", target, "Sets the mood by hand; 'auto' goes by the camera again.", json=True)
    mood.add_argument("value", metavar="auto|LABEL")
    recommend = add("recommend", target, "Plays music for the mood now.", json=True)
    recommend.add_argument("--language", metavar="L", help="in this language; it is remembered as your taste")
    recommend.add_argument("--artist", metavar="A", help="of this artist; likewise")
    recommend.add_argument("--genre", metavar="G", help="of this genre, for this once")
    recommend.add_argument("--list", action="store_true", help="plays nothing: lists things to choose from")
    for name, text in SONG_COMMANDS.items():
        song = add(name, target, text, json=True)
        song.add_argument("value", metavar="NUMBER|ID", help="its place in 'moodkiosk recommend --list', or its id")
    again = "Does not want this again: it is neither offered nor played by itself."
    song = add("not-again", target, again, json=True)
    song.add_argument("value", nargs="?", metavar="NUMBER|ID", help="as with 'choose'")
    song.add_argument("--none", action="store_true", help="takes all of that back")
    add("play", target, "Goes on with the music that was paused; else plays some for the mood now.", json=True)
    add("pause", target, "Pauses the music.", json=True)
    for name in ("next", "skip"):
        add(name, target, "Skips to the next song.", json=True)
    volume = add("volume", target, "Says how loud the kiosk may get, in percent: a number, up or down.", json=True)
    volume.add_argument("value", metavar="0-100|up|down")
    calibrate = add("calibrate", target, "Takes 5 seconds of your neutral look as your own neutral face.", json=True)
    calibrate.add_argument("--person", dest="value", default="", metavar="NAME")
    teach = add(
        "teach", "moodkiosk.operate.teach.command:main", "Teaches the kiosk your moods, in a minute.", json=True
    )
    teach.add_argument("labels", nargs="*", metavar="LABEL", help="moods to show (default: all that the model knows)")
    teach.add_argument("--person", default="", metavar="NAME", help="who is in front")
    teach.add_argument("--seconds", type=float, default=5.0, metavar="N", help="for each mood (default 5)")
    teach.add_argument("--yes", action="store_true", help="begin without asking")
    person = add("person", target, "Says who is in front of the kiosk.", json=True)
    person.add_argument("value", nargs="?", default="", metavar="NAME", help="nobody in particular when left out")
    correct = add("correct", target, "The last seconds were read wrongly: gives the right label.", json=True)
    correct.add_argument("value", metavar="LABEL")
    remember = add("remember", target, "Whether what you correct is remembered, to learn from it.", json=True)
    remember.add_argument("value", choices=["on", "off"])
    add(
        "reload",
        target,
        "Takes the changed configuration as far as it can while running, and loads the model file again.",
        json=True,
    )
    forget = add("forget", target, "Deletes calibrations, corrections and recordings.", json=True)
    who = forget.add_mutually_exclusive_group(required=True)
    who.add_argument("--person", dest="value", type=_somebody, metavar="NAME")
    who.add_argument("--all", dest="value", action="store_const", const="")
    forget.add_argument("--recordings", type=Path, metavar="DIR", help="where recordings are (default: ./recordings)")


def _somebody(name: str) -> str:
    """A name that is none would mean everybody, to be forgotten: that is said by --all."""
    if not name.strip():
        raise argparse.ArgumentTypeError("whom? name somebody, or say --all")
    return name


def main(argv: Sequence[str] | None = None) -> int:
    """Runs a command line and returns its exit code."""
    return guarded(lambda: _call(argv))


def _call(argv: Sequence[str] | None) -> int:
    top = parser()
    args = top.parse_args(argv)
    if args.command is None:
        top.print_help()
        return 0
    module, _, name = args.target.partition(":")
    if "config" in args and args.config is None and SYSTEM_CONFIG.is_file():
        args.config = SYSTEM_CONFIG
    try:
        return int(getattr(importlib.import_module(module), name)(args))
    except OneLine as error:
        raise type(error)(_in_words_of_the_household(error, args)) from None


def _in_words_of_the_household(error: OneLine, args: argparse.Namespace) -> str:
    """What went wrong, in the language of the kiosk, if one is configured; services say it in English, to a journal."""
    from moodkiosk.config.languages import reader
    from moodkiosk.config.load import ConfigError, load
    from moodkiosk.words.language import FALLBACK, translated

    if args.command in PURPOSES["For systemd"]:
        return translated(str(error), FALLBACK)
    try:
        return translated(str(error), reader(load(getattr(args, "config", None), secrets=False).kiosk.language))
    except ConfigError:
        return translated(str(error), reader())


def guarded(call: Callable[[], int], program: str = "moodkiosk") -> int:
    """The exit code of `call`; what people can do something about becomes one line on stderr instead of a traceback."""
    from moodkiosk.config.languages import reader
    from moodkiosk.config.load import ConfigError
    from moodkiosk.words.language import translated

    def complain(error: OneLine) -> None:
        streams.complain(f"{program}: {translated(str(error), reader())}")

    streams.make_safe()
    try:
        _refuse_other_encodings(sys.argv[1:])
        code = call()
        sys.stdout.flush()
    except (ConfigError, UsageError) as error:
        complain(error)
        return 2
    except Failure as error:
        complain(error)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # `moodkiosk why | head` ends quietly
        streams.lead_nowhere(sys.stdout)
        return 1
    except OSError as error:
        if error.filename is not None:  # a file or folder that this user may not use, or a name that is too long
            streams.complain(f"{program}: {one_line(f'cannot use {error.filename}: {error.strerror}')}")
            return 1
        if error.errno not in FULL:
            raise
        streams.complain(f"{program}: cannot write: {error.strerror}")
        streams.lead_nowhere(sys.stdout)
        return 1
    return code


def _refuse_other_encodings(words: Sequence[str]) -> None:
    """Raises UsageError for an argument whose bytes are no UTF-8: Python would hand on half letters (PEP 383)."""
    for word in words:
        if not word.isascii() and any("\ud800" <= letter <= "\udfff" for letter in word):
            shown = os.fsencode(word).decode("utf-8", "backslashreplace")
            raise UsageError(f"'{shown}' is no UTF-8 text: does this terminal use another encoding?")
