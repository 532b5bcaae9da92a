"""What a sitting looks like on a terminal of at least 60 x 20: preview, what to do, counters, warnings, keys."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Self

from rich.console import Console, Group
from rich.live import Live
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from moodkiosk.learn.collect import drawing
from moodkiosk.learn.collect.keys import Keys
from moodkiosk.learn.collect.sitting import COUNTDOWN_SECONDS, Sitting
from moodkiosk.learn.collect.take import MANY, Sight

if TYPE_CHECKING:
    from rich.console import RenderableType

SIDE_COLUMNS = 36
"""Width of what stands beside the preview."""

AGAIN = "  last: [r] repeat [d] drop [a] more"


@dataclass(frozen=True, slots=True)
class Setting:
    """What stays the same during a sitting.

    Attributes:
        person: who it is, or "".
        camera: what the pictures come from, in words.
        plain: the terminal knows ASCII only.
    """

    person: str
    camera: str
    plain: bool = False


class Screen:
    """A sitting on the whole terminal, with keys. A context manager: afterwards the terminal is as it was."""

    def __init__(self, person: str, camera: Callable[[], str]) -> None:
        """`camera`: says where the pictures come from, in a few words."""
        self._console = Console()
        self._person, self._camera = person, camera
        self._plain = not (self._console.encoding or "").lower().startswith("utf")
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
        # The terminal may have gone: there is nothing to restore then, and nobody to tell.
        with contextlib.suppress(OSError):
            self._stack.__exit__(kind, value, trace)

    def pressed(self) -> str:
        """The key that was pressed, or ""."""
        return self._keys.pressed()

    def show(self, sitting: Sitting, sight: Sight | None, at: float) -> None:
        """Draws everything anew."""
        width, height = self._console.size
        setting = Setting(self._person, self._camera(), self._plain)
        self._live.update(screen(sitting, sight, at, setting, width, height), refresh=True)


def screen(
    sitting: Sitting, sight: Sight | None, at: float, setting: Setting, columns: int, rows: int
) -> RenderableType:
    """Everything, for a terminal of that many columns and rows."""
    height = max(8, rows - 8)
    width = max(20, columns - SIDE_COLUMNS - 5)
    seen = sight.landmarks if sight else None
    lines = drawing.portrait(seen, width, height, plain=setting.plain)
    face = Text("\n".join(lines), style=_colour(sight), no_wrap=True)
    body = Table.grid(padding=(0, 1))
    body.add_column(width=width)
    body.add_column(width=SIDE_COLUMNS)
    body.add_row(face, _beside(sitting, sight, at, setting, height))
    return Group(
        _title(sitting, setting, columns),
        body,
        *_remarks(sitting, 4),
        Text(_keys(sitting, columns), style="dim"),
    )


def _keys(sitting: Sitting, columns: int) -> str:
    if sitting.phase == "countdown":
        return " [d] skip this one  [q] end without it"
    if sitting.phase == "recording":
        return " [r] from the start  [d] drop it  [q] end without it"
    start = "[space] end" if sitting.label is None else "[space] start  [s] skip"
    wait = "  [p] wait" if sitting.phase == "pause" else ""
    keys, again = f" {start}{wait}  [q] end", AGAIN if sitting.kept else ""
    return keys + again if len(keys + again) <= columns else f"{keys}\n{again}"


def _title(sitting: Sitting, setting: Setting, columns: int) -> RenderableType:
    who = f" for {setting.person}" if setting.person else ""
    label = f"label {sitting.number} of {len(sitting.plan.labels)}"
    text = f" moodkiosk: collecting{who} - {label} - {setting.camera}"
    return Text(text[:columns].ljust(columns), style="reverse")


def _beside(sitting: Sitting, sight: Sight | None, at: float, setting: Setting, height: int) -> RenderableType:
    parts: list[RenderableType] = [
        _headline(sitting, at),
        Text(sitting.todo(at), style="bold"),
        Text(),
        _clock(sitting, at),
        Text(),
        _counters(sitting, sight),
    ]
    if height >= 19:
        size = sight.size if sight else (4, 3)
        lines = drawing.overview(sight.landmarks if sight else None, size, 16, plain=setting.plain)
        parts += [Text(), Text("\n".join(lines), style="dim")]
    return Group(*parts)


def _headline(sitting: Sitting, at: float) -> RenderableType:
    label = (sitting.label or "done").upper()
    if sitting.phase == "countdown":
        number = str(int(sitting.seconds_left(at)) + 1)
        return Panel(Text(f"{label}  in {number}", style="bold yellow", justify="center"), border_style="yellow")
    if sitting.phase == "recording":
        return Panel(Text(f"{label}  now", style="bold green", justify="center"), border_style="green")
    return Panel(Text(label, style="bold", justify="center"))


def _clock(sitting: Sitting, at: float) -> RenderableType:
    left = sitting.seconds_left(at)
    if sitting.phase == "recording":
        bar = ProgressBar(total=1.0, completed=sitting.share(at), width=SIDE_COLUMNS - 8)
        return _side_by_side(bar, Text(f"{left:4.0f} s"))
    if sitting.phase == "countdown":
        bar = ProgressBar(total=COUNTDOWN_SECONDS, completed=COUNTDOWN_SECONDS - left, width=SIDE_COLUMNS - 8)
        return _side_by_side(bar, Text(f"{left:4.0f} s"))
    if sitting.phase == "pause":
        return Text(f"goes on by itself in {left:.0f} s" if sitting.label else f"ends by itself in {left:.0f} s")
    return Text()


def _side_by_side(*parts: RenderableType) -> Table:
    grid = Table.grid(padding=(0, 1))
    grid.add_row(*parts)
    return grid


def _counters(sitting: Sitting, sight: Sight | None) -> Table:
    """Counted during a take; in between, the view as it is now."""
    grid = Table.grid(padding=(0, 2))
    take = sitting.take
    if take is None:
        quality = sight.quality if sight else None
        grid.add_row("view", _verdict(quality.reason if quality else "no picture"))
        grid.add_row("face", f"{quality.face_px:.0f} px wide" if quality and quality.face_px else "-")
        grid.add_row("light", f"{quality.grey:.0f} of 255" if quality else "-")
        grid.add_row("kept", f"{len(sitting.kept)} recording{'' if len(sitting.kept) == 1 else 's'}")
        return grid
    grid.add_row("frames", str(take.looks))
    grid.add_row("face found", f"{len(take.samples)} ({100 * len(take.samples) // max(take.looks, 1)} %)")
    grid.add_row("hand seen", str(take.hands))
    grid.add_row("too dark", _count(take.troubles["too dark"], take.looks))
    grid.add_row("too far", _count(take.troubles["too far"], take.looks))
    grid.add_row("too still", _count(take.still, take.looks))
    return grid


def _verdict(reason: str | None) -> Text:
    return Text("good", style="green") if reason is None else Text(reason, style="yellow")


def _count(number: int, looks: int) -> Text:
    return Text(str(number), style="yellow" if number > MANY * looks else "")


def _colour(sight: Sight | None) -> str:
    return "green" if sight and sight.landmarks is not None and sight.quality.reason is None else "yellow"


def _remarks(sitting: Sitting, lines: int) -> list[RenderableType]:
    """Warnings of the take under way, or how the last one was; always the same number of lines."""
    said: list[Text] = []
    if sitting.phase == "recording":
        said = [Text(f"! {warning}", style="yellow") for warning in sitting.warnings]
    elif sitting.news:
        said = [Text(sitting.news, style="green")]
        if sitting.kept:
            said += [Text(f"! {warning}", style="yellow") for warning in sitting.kept[-1].warnings]
    for text in said:
        text.no_wrap, text.overflow = True, "ellipsis"
    return [*said[:lines], *(Text() for _ in range(lines - len(said)))]
