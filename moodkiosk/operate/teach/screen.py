"""What teaching looks like on a terminal: what to show, how long, how the view is, and what came of it."""

from __future__ import annotations

import contextlib
from types import TracebackType
from typing import TYPE_CHECKING, Self

from rich.console import Console, Group
from rich.live import Live
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from moodkiosk.learn.collect.keys import Keys
from moodkiosk.learn.collect.take import ADVICE

if TYPE_CHECKING:
    from rich.console import RenderableType

    from moodkiosk.link.protocol import Proof, Teaching

WIDTH = 60

HINTS = {
    "relax": "Relax, and look at the camera.",
    "show": "Show it, and look at the camera.",
    "move": "Come a little nearer, and turn your head a little.",
    "vary": "Now weaker, and then stronger.",
}
VIEWS = ADVICE | {
    "seen": "I see you.",
    "nobody": "nobody is in front: come into the middle of the picture",
    "two people": "two people: one at a time, please",
    "no picture": "the camera gives no picture",
}


class Screen:
    """The sitting on the whole terminal, with keys. A context manager: afterwards the terminal is as it was."""

    def __init__(self) -> None:
        self._console = Console()
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> Self:
        self._keys = self._stack.enter_context(Keys())
        self._live = self._stack.enter_context(
            Live(console=self._console, screen=True, auto_refresh=False, vertical_overflow="crop")
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(OSError):  # the terminal may have gone
            self._stack.__exit__(kind, value, trace)

    def pressed(self) -> str:
        """The key that was pressed, or ""."""
        return self._keys.pressed()

    def show(self, teaching: Teaching) -> None:
        """Draws everything anew."""
        self._live.update(picture(teaching, self._console.size.width), refresh=True)


def picture(teaching: Teaching, columns: int) -> RenderableType:
    """Everything, for a terminal of that many columns."""
    who = f" {teaching.person}" if teaching.person else ""
    title = f" moodkiosk: teaching{who} - mood {teaching.number} of {teaching.count}"
    body: RenderableType = _proof(teaching.proof) if teaching.phase == "shown" and teaching.proof else _course(teaching)
    return Group(
        Text(title[:columns].ljust(columns), style="reverse"),
        Text(),
        body,
        Text(),
        Text(_keys(teaching), style="dim"),
    )


def lines_of(teaching: Teaching) -> tuple[str, ...]:
    """The same as plain lines."""
    where = f" ({teaching.number} of {teaching.count})"
    if teaching.phase == "shown" and teaching.proof is not None:
        proof = teaching.proof
        moods = [f"  {label}: {_percent(old)} before, {_percent(new)} now" for label, (old, new) in proof.moods.items()]
        people = [f"  {name}: {_percent(old)} before, {_percent(new)} now" for name, (old, new) in proof.people.items()]
        return (verdict(proof), *moods, *people, *(f"  {remark.text}" for remark in proof.remarks))
    said = {
        "waiting": f"next comes '{teaching.label}'{where}",
        "countdown": f"'{teaching.label}' in {teaching.seconds:.0f} s",
        "recording": f"'{teaching.label}' now, for {teaching.seconds:g} s",
        "fitting": "thank you; learning ...",
    }
    lines = [teaching.text] if teaching.text else []
    lines += [said[teaching.phase]] if teaching.phase in said else []
    if teaching.hint:
        lines.append(f"  {HINTS[teaching.hint]}")
    if teaching.phase in ("waiting", "recording") and teaching.view != "seen":
        lines.append(f"  {view(teaching.view)}")
    return tuple(lines)


def verdict(proof: Proof) -> str:
    """What came of it, in a sentence."""
    sure = f"between {_percent(proof.low)} and {_percent(proof.high)}, measured on {proof.looks} looks not learnt from"
    now = f"I read {_percent(proof.after)} of your looks right ({sure}), {_percent(proof.before)} before."
    return f"{now} {'I use what I learnt.' if proof.better else 'That is not surely better, so I go on as before.'}"


def doubtful(teaching: Teaching) -> str:
    """The first mood about which there is a doubt, or ""."""
    remarks = teaching.proof.remarks if teaching.proof else ()
    return next((remark.label for remark in remarks if remark.label), "")


def view(name: str) -> str:
    """What is seen, or what is wrong with it and what to do."""
    return VIEWS.get(name, name)


def _course(teaching: Teaching) -> RenderableType:
    label, left = (teaching.label or "").upper(), teaching.left_seconds
    colour, text = {
        "countdown": ("yellow", f"{label}  in {int(left) + 1}"),
        "recording": ("green", f"{label}  now"),
        "fitting": ("cyan", "thank you; learning ..."),
    }.get(teaching.phase, ("white", label or "done"))
    bar: RenderableType = Text()
    if teaching.seconds:
        bar = Table.grid()  # a bar by itself does not end its line
        bar.add_row(ProgressBar(total=teaching.seconds, completed=teaching.seconds - left, width=WIDTH))
    seen = Text(view(teaching.view), style="green" if teaching.view == "seen" else "yellow")
    return Group(
        Panel(Text(text, style=f"bold {colour}", justify="center"), border_style=colour, width=WIDTH),
        Text(HINTS.get(teaching.hint, ""), style="bold"),
        bar,
        seen,
        Text(teaching.text, style="yellow"),
    )


def _proof(proof: Proof) -> RenderableType:
    table = Table("", "before", "now", box=None)
    rows = [*proof.moods.items(), *proof.people.items(), ("all", (proof.before, proof.after))]
    for name, (old, new) in rows:
        table.add_row(name, _percent(old), Text(_percent(new), style="green" if new > old else ""))
    remarks = [Text(f"! {remark.text}", style="yellow") for remark in proof.remarks]
    return Group(Panel(Text(verdict(proof)), width=WIDTH), table, *remarks)


def _keys(teaching: Teaching) -> str:
    if teaching.phase != "shown":
        return " [q] leave, nothing is kept"
    label = doubtful(teaching)
    again = f"  [a] show '{label}' again" if label else ""
    return f" [k] keep  [u] undo, and delete what was recorded{again}"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
