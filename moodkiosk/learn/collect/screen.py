"""What a sitting looks like on a terminal of at least 60 x 20: preview, what to do, counters, warnings, keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.console import Group
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from moodkiosk.learn.collect import drawing
from moodkiosk.learn.collect.fullscreen import Fullscreen
from moodkiosk.learn.collect.sitting import COUNTDOWN_SECONDS, Sitting
from moodkiosk.learn.collect.take import MANY, Sight
from moodkiosk.words.language import FALLBACK, say, translated
from moodkiosk.words.reason import Reason

if TYPE_CHECKING:
    from rich.console import RenderableType

SIDE_COLUMNS = 36
"""Width of what stands beside the preview."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What stays the same during a sitting.

    Attributes:
        person: who it is, or "".
        camera: what the pictures come from, in words.
        plain: the terminal knows ASCII only.
        tag: the language.
    """

    person: str
    camera: str
    plain: bool = False
    tag: str = FALLBACK


class Screen(Fullscreen):
    """A sitting on the whole terminal, with keys."""

    def __init__(self, person: str, camera: Callable[[], str], tag: str = FALLBACK) -> None:
        """`camera`: says where the pictures come from, in a few words; `tag`: the language."""
        super().__init__()
        self._person, self._camera, self._tag = person, camera, tag

    def show(self, sitting: Sitting, sight: Sight | None, at: float) -> None:
        """Draws everything anew."""
        width, height = self.size
        setting = Setting(self._person, self._camera(), self.plain, self._tag)
        self.draw(screen(sitting, sight, at, setting, width, height))


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
        *_remarks(sitting, 4, setting.tag),
        Text(_keys(sitting, columns, setting.tag), style="dim"),
    )


def _keys(sitting: Sitting, columns: int, tag: str) -> str:
    if sitting.phase == "countdown":
        return f" {say(tag, 'collect.keys_countdown')}"
    if sitting.phase == "recording":
        return f" {say(tag, 'collect.keys_recording')}"
    start = say(tag, "collect.key_end" if sitting.label is None else "collect.keys_start")
    wait = f"  {say(tag, 'collect.key_wait')}" if sitting.phase == "pause" else ""
    again = f"  {say(tag, 'collect.keys_again')}" if sitting.kept else ""
    keys = f" {start}{wait}  {say(tag, 'collect.key_quit')}"
    return keys + again if len(keys + again) <= columns else f"{keys}\n{again}"


def _title(sitting: Sitting, setting: Setting, columns: int) -> RenderableType:
    count = {"number": sitting.number, "labels": len(sitting.plan.labels), "camera": setting.camera}
    title = Reason("collect.title_of" if setting.person else "collect.title", person=setting.person, **count)
    text = f" {translated(title, setting.tag)}"
    return Text(text[:columns].ljust(columns), style="reverse")


def _beside(sitting: Sitting, sight: Sight | None, at: float, setting: Setting, height: int) -> RenderableType:
    parts: list[RenderableType] = [
        _headline(sitting, at, setting.tag),
        Text(translated(sitting.todo(at), setting.tag), style="bold"),
        Text(),
        _clock(sitting, at, setting.tag),
        Text(),
        _counters(sitting, sight, setting.tag),
    ]
    if height >= 19:
        size = sight.size if sight else (4, 3)
        lines = drawing.overview(sight.landmarks if sight else None, size, 16, plain=setting.plain)
        parts += [Text(), Text("\n".join(lines), style="dim")]
    return Group(*parts)


def _headline(sitting: Sitting, at: float, tag: str) -> RenderableType:
    label = (sitting.label or say(tag, "collect.done")).upper()
    if sitting.phase == "countdown":
        text = say(tag, "collect.in", label=label, seconds=int(sitting.seconds_left(at)) + 1)
        return Panel(Text(text, style="bold yellow", justify="center"), border_style="yellow")
    if sitting.phase == "recording":
        return Panel(
            Text(say(tag, "collect.showing", label=label), style="bold green", justify="center"), border_style="green"
        )
    return Panel(Text(label, style="bold", justify="center"))


def _clock(sitting: Sitting, at: float, tag: str) -> RenderableType:
    left = sitting.seconds_left(at)
    if sitting.phase == "recording":
        bar = ProgressBar(total=1.0, completed=sitting.share(at), width=SIDE_COLUMNS - 8)
        return _side_by_side(bar, Text(f"{left:4.0f} s"))
    if sitting.phase == "countdown":
        bar = ProgressBar(total=COUNTDOWN_SECONDS, completed=COUNTDOWN_SECONDS - left, width=SIDE_COLUMNS - 8)
        return _side_by_side(bar, Text(f"{left:4.0f} s"))
    if sitting.phase == "pause":
        return Text(say(tag, "collect.goes_on" if sitting.label else "collect.ends", seconds=round(left)))
    return Text()


def _side_by_side(*parts: RenderableType) -> Table:
    grid = Table.grid(padding=(0, 1))
    grid.add_row(*parts)
    return grid


def _counters(sitting: Sitting, sight: Sight | None, tag: str) -> Table:
    """Counted during a take; in between, the view as it is now."""
    grid = Table.grid(padding=(0, 2))
    take = sitting.take
    if take is None:
        quality = sight.quality if sight else None
        width = say(tag, "collect.wide", pixels=round(quality.face_px)) if quality and quality.face_px else "-"
        grid.add_row(say(tag, "collect.view"), _verdict(quality.reason if quality else "no picture", tag))
        grid.add_row(say(tag, "collect.face"), width)
        grid.add_row(say(tag, "collect.light"), say(tag, "collect.grey", grey=round(quality.grey)) if quality else "-")
        grid.add_row(say(tag, "collect.so_far"), say(tag, "collect.recordings", count=len(sitting.kept)))
        return grid
    grid.add_row(say(tag, "collect.frames"), str(take.looks))
    found = f"{len(take.samples)} ({100 * len(take.samples) // max(take.looks, 1)} %)"
    grid.add_row(say(tag, "collect.face_found"), found)
    grid.add_row(say(tag, "collect.hand_seen"), str(take.hands))
    grid.add_row(say(tag, "view.too_dark"), _count(take.troubles["too dark"], take.looks))
    grid.add_row(say(tag, "view.too_far"), _count(take.troubles["too far"], take.looks))
    grid.add_row(say(tag, "collect.too_still"), _count(take.still, take.looks))
    return grid


def _verdict(reason: str | None, tag: str) -> Text:
    if reason is None:
        return Text(say(tag, "collect.good"), style="green")
    return Text(say(tag, f"view.{reason.replace(' ', '_')}", text=reason), style="yellow")


def _count(number: int, looks: int) -> Text:
    return Text(str(number), style="yellow" if number > MANY * looks else "")


def _colour(sight: Sight | None) -> str:
    return "green" if sight and sight.landmarks is not None and sight.quality.reason is None else "yellow"


def _remarks(sitting: Sitting, lines: int, tag: str) -> list[RenderableType]:
    """Warnings of the take under way, or how the last one was; always the same number of lines."""
    said: list[Text] = []
    if sitting.phase == "recording":
        said = [_warning(warning, tag) for warning in sitting.warnings]
    elif sitting.news:
        said = [Text(translated(sitting.news, tag), style="green")]
        if sitting.kept:
            said += [_warning(warning, tag) for warning in sitting.kept[-1].warnings]
    for text in said:
        text.no_wrap, text.overflow = True, "ellipsis"
    return [*said[:lines], *(Text() for _ in range(lines - len(said)))]


def _warning(text: str, tag: str) -> Text:
    return Text(f"! {translated(text, tag)}", style="yellow")
