"""Writes what a Debian package has besides the program: man page, completion, licences, changelog.

    python _package_papers.py TREE SITE VERSION SUITE

TREE is the root of the package in the making, SITE the folder in it where the packages lie that come with it.
"""

from __future__ import annotations

import argparse
import email.utils
import gzip
import os
import sys
import time
from collections.abc import Iterator
from email.message import Message
from email.parser import HeaderParser
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from moodkiosk.operate import completion  # noqa: E402 - of this checkout
from moodkiosk.operate.command_line.parser import parser  # noqa: E402 - as above

LICENCES = ("LICEN", "COPYING", "NOTICE", "AUTHORS")
"""How the names of files begin in which packages keep their terms."""


def roff(text: str) -> str:
    """Text as troff takes it: nothing in it is a command, and a dash is the one that is typed."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "\n".join("\\&" + line if line.startswith((".", "'")) else line for line in text.splitlines())


def man_page(version: str, day: str) -> str:
    """moodkiosk(1), from the help texts of the command line itself."""
    top = parser()
    lines = [
        f'.TH MOODKIOSK 1 "{day}" "moodkiosk {version}" "User Commands"',
        *(".SH NAME", roff("moodkiosk - sees how you feel and plays the music for it")),
        *(".SH SYNOPSIS", ".B moodkiosk", ".I COMMAND", "[options]"),
        *(".SH DESCRIPTION", roff((top.description or "") + "\n" + (top.epilog or ""))),
        ".SH COMMANDS",
        *commands(top),
        *(
            ".SH FILES",
            ".TP",
            ".I /etc/moodkiosk/config.yaml",
            "The configuration, with every setting explained.",
        ),
        *(".TP", ".I /var/lib/moodkiosk", "What the kiosk remembers: calibrations, models, the sign\\-in."),
        *(".SH SEE ALSO", roff("/usr/share/doc/moodkiosk/pi.md")),
    ]
    return "\n".join(lines) + "\n"


def commands(top: argparse.ArgumentParser, prefix: str = "moodkiosk") -> Iterator[str]:
    """Each command with what it takes, deeper ones after their own."""
    for name, sub in subcommands(top).items():
        text = sub.description or described(top, name)
        yield from (f".SS {roff(f'{prefix} {name}')}", roff(text))
        for action in sub._actions:  # noqa: SLF001 - argparse tells it nobody otherwise
            if action.help != argparse.SUPPRESS and not isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
                yield from (".TP", f".B {roff(called(action))}", roff((action.help or "") % vars(action)))
        yield from commands(sub, f"{prefix} {name}")


def subcommands(top: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """The commands of a parser."""
    for action in top._actions:  # noqa: SLF001 - as above
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - as above
            return dict(action.choices)
    return {}


def described(top: argparse.ArgumentParser, name: str) -> str:
    """What the list of commands says of one."""
    for action in top._actions:  # noqa: SLF001 - as above
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - as above
            return next((choice.help or "" for choice in action._choices_actions if choice.dest == name), "")  # noqa: SLF001
    return ""


def called(action: argparse.Action) -> str:
    """An option or an argument, as one types it."""
    value = action.metavar or ("|".join(map(str, action.choices)) if action.choices else "")
    names = ", ".join(action.option_strings)
    return " ".join(filter(None, (names, str(value)))) or action.dest.upper()


def terms(site: Path) -> str:
    """The copyright file: this project's terms and, whole, those of everything that comes with it."""
    stanzas = [
        "moodkiosk\n\nCopyright the moodkiosk authors. License: Apache-2.0; on Debian systems its text is in\n"
        "/usr/share/common-licenses/Apache-2.0.\n\n" + (ROOT / "NOTICE").read_text(encoding="utf-8")
    ]
    for folder in sorted(site.glob("*.dist-info"), key=lambda path: path.name.lower()):
        meta = HeaderParser().parsestr((folder / "METADATA").read_text(encoding="utf-8"))
        files = [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name.startswith(LICENCES)]
        texts = [path.read_text(encoding="utf-8", errors="replace").strip() for path in files]
        stanzas.append("\n\n".join([f"{meta['Name']} {meta['Version']}", f"License: {licence(meta)}", *texts]) + "\n")
    networks = (site / "moodkiosk_networks" / "LICENSE").read_text(encoding="utf-8").strip()
    stanzas.append(f"MediaPipe 0.10.18 (moodkiosk_networks)\n\nLicense: Apache-2.0\n\n{networks}\n")
    return f"\n{'=' * 78}\n\n".join(stanzas)


def licence(meta: Message) -> str:
    """What a package says of its licence; SystemExit if it says nothing, which nobody may pass on."""
    classes = [line.split(" :: ")[-1] for line in meta.get_all("Classifier", []) if line.startswith("License ::")]
    found = meta["License-Expression"] or ", ".join(classes) or (meta["License"] or "").strip().partition("\n")[0]
    if not found:
        sys.exit(f"{meta['Name']} does not say under which licence it is")
    return str(found)


def write(path: Path, text: str) -> None:
    """A file of the package; compressed, without a time in it, if its name ends in .gz."""
    path.parent.mkdir(parents=True, exist_ok=True)
    data = text.encode()
    path.write_bytes(gzip.compress(data, 9, mtime=0) if path.suffix == ".gz" else data)


def main() -> int:
    tree, site, version, suite = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], sys.argv[4]
    seconds = int(os.environ["SOURCE_DATE_EPOCH"])
    when = email.utils.formatdate(seconds)
    author = "moodkiosk maintainers <moodkiosk@localhost>"
    news = f"moodkiosk ({version}) {suite}; urgency=medium\n\n  * See CHANGELOG.md.gz.\n\n -- {author}  {when}\n"
    share = tree / "usr" / "share"
    table = completion.commands(parser())
    write(share / "man/man1/moodkiosk.1.gz", man_page(version, time.strftime("%Y-%m-%d", time.gmtime(seconds))))
    write(share / "bash-completion/completions/moodkiosk", completion.bash(table))
    write(share / "zsh/vendor-completions/_moodkiosk", completion.zsh(table))
    write(share / "doc/moodkiosk/copyright", terms(site))
    write(share / "doc/moodkiosk/changelog.gz", news)
    write(share / "doc/moodkiosk/CHANGELOG.md.gz", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
