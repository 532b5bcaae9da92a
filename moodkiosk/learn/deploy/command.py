"""`scripts/deploy`: carries a model to kiosks over SSH, several at once; each checks it with its own Python."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from moodkiosk.config.arguments import DeskParser
from moodkiosk.failure import EPILOG, Failure, UsageError
from moodkiosk.host.digest import sha256_hex
from moodkiosk.learn.collect.remote import last_line
from moodkiosk.learn.deploy import ssh
from moodkiosk.learn.deploy.install import check
from moodkiosk.words.reason import Reason
from moodkiosk.words.system import system

DEADLINE_SECONDS = 180.0
"""For one kiosk: a small Pi needs a while to load TensorFlow Lite."""

AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one kiosk: `ok`, and one line for people."""

    host: str
    ok: bool
    text: str


def main(argv: Sequence[str] | None = None) -> int:
    """Deploys or rolls back; 0 only if every kiosk did."""
    args = _parser().parse_args(argv)
    words, data, hosts = _task(args)
    hosts = list(dict.fromkeys(ssh.host(host) for host in hosts))
    program = [*ssh.program(args.ssh), *ssh.PATIENCE]
    if len(hosts) > 1 or not sys.stdin.isatty():
        program += ["-o", "BatchMode=yes"]  # nobody can be asked for several passwords at once
    line = ssh.moodkiosk(words, args.kiosk_command)
    outcomes = {}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        waiting = {pool.submit(_carry, host, [*program, "--", host, line], data): host for host in hosts}
        for done in as_completed(waiting):
            outcomes[waiting[done]] = done.result()
            print(f"{waiting[done]}: {'done' if done.result().ok else 'FAILED'}", flush=True)
    _table([outcomes[host] for host in hosts])
    return 0 if all(outcome.ok for outcome in outcomes.values()) else 1


def _parser() -> argparse.ArgumentParser:
    parser = DeskParser(
        prog="deploy",
        usage="deploy FILE HOST [HOST ...]\n       deploy --rollback HOST [HOST ...]",
        description="Carries a model to kiosks and has them load it, or goes back to the model before.",
        epilog=EPILOG,
    )
    parser.add_argument("words", nargs="+", metavar="FILE HOST", help="the model, and kiosks as for ssh: pi@kiosk")
    parser.add_argument("--rollback", action="store_true", help="go back to the model before")
    parser.add_argument("--config", default="", metavar="FILE", help="the configuration on the kiosks")
    parser.add_argument("--ssh", default="ssh", metavar="COMMAND", help="instead of ssh, such as 'ssh -i KEY'")
    parser.add_argument("--kiosk-command", default="", metavar="FILE", help="where moodkiosk is on the kiosks")
    return parser


def _task(args: argparse.Namespace) -> tuple[list[str], bytes, list[str]]:
    """What to run on each kiosk, what to send it, and the kiosks. Raises UsageError."""
    words = ["model", "--json", *(["--config", args.config] if args.config else [])]
    if args.rollback:
        return [*words, "rollback"], b"", args.words
    file, *hosts = args.words
    if not hosts:
        raise UsageError(Reason("remote.which"))
    try:
        data = Path(file).read_bytes()
        check(data)
    except OSError as error:
        raise UsageError(Reason("kept.unreadable", path=file, reason=system(error))) from None
    except Failure as error:
        raise UsageError(Reason("file.unusable", path=file, reason=str(error))) from None
    return [*words, "install", "-", "--sha256", sha256_hex(data)], data, hosts


def _carry(host: str, command: list[str], data: bytes) -> Outcome:
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=DEADLINE_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return Outcome(host, ok=False, text=f"no answer within {DEADLINE_SECONDS:.0f} s")
    except OSError as error:
        return Outcome(host, ok=False, text=f"{command[0]}: {error.strerror}")
    complaint = last_line(done.stderr.decode("utf-8", "replace"))
    if done.returncode:
        return Outcome(host, ok=False, text=_advised(complaint or f"ended with {done.returncode}", host))
    try:
        report = json.loads(done.stdout)
        said = [f"{report['what']} {report['model']}", report["kiosk"]]
    except (ValueError, KeyError, TypeError):
        return Outcome(host, ok=False, text=f"answered something else than a moodkiosk: {complaint}")
    return Outcome(host, ok=True, text="; ".join([*said, *([report["note"]] if "note" in report else [])]))


def _advised(complaint: str, host: str) -> str:
    complaint = complaint.removeprefix("moodkiosk: ")
    if "Permission denied" in complaint:
        return f"{complaint} - let your key in first: ssh-copy-id {host}"
    if complaint.startswith("sudo:"):
        return f"{complaint} - on the kiosk: sudo moodkiosk model install FILE"
    return complaint


def _table(outcomes: list[Outcome]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table("kiosk", "", "what became of it")
    for outcome in outcomes:
        mark = Text("ok", style="green") if outcome.ok else Text("failed", style="red")
        table.add_row(Text(outcome.host), mark, Text(outcome.text))
    Console().print(table)
