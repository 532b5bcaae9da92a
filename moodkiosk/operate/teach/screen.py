"""What teaching looks like on a terminal: what to show, how long, how the view is, and what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from moodkiosk.learn.collect.fullscreen import Fullscreen
from moodkiosk.learn.collect.take import ADVICE
from moodkiosk.words.language import FALLBACK, say, translated
from moodkiosk.words.reason import Reason, how

if TYPE_CHECKING:
    from rich.console import RenderableType

    from moodkiosk.link.messages import Proof, Remark, Teaching

WIDTH = 60

HINTS = {
    "relax": Reason("lesson.relax"),
    "show": Reason("lesson.show"),
    "move": Reason("lesson.move"),
    "vary": Reason("lesson.vary"),
}
VIEWS = ADVICE | {
    "seen": Reason("lesson.seen"),
    "nobody": Reason("lesson.nobody"),
    "two people": Reason("lesson.two_people"),
    "no picture": Reason("lesson.no_picture"),
}


class Screen(Fullscreen):
    """The sitting on the whole terminal, with keys."""

    def __init__(self, tag: str = FALLBACK) -> None:
        """`tag`: the language."""
        super().__init__()
        self._tag = tag

    def show(self, teaching: Teaching) -> None:
        """Draws everything anew."""
        self.draw(picture(teaching, self.size[0], self._tag))


def picture(teaching: Teaching, columns: int, tag: str = FALLBACK) -> RenderableType:
    """Everything, for a terminal of that many columns."""
    count = {"number": teaching.number, "moods": teaching.count}
    said = Reason("lesson.title_of" if teaching.person else "lesson.title", person=teaching.person, **count)
    title = f" {translated(said, tag)}"
    shown = teaching.proof if teaching.phase == "shown" else None
    body: RenderableType = _proof(shown, tag) if shown else _course(teaching, tag)
    return Group(
        Text(title[:columns].ljust(columns), style="reverse"),
        Text(),
        body,
        Text(),
        Text(_keys(teaching, tag), style="dim"),
    )


def lines_of(teaching: Teaching, tag: str = FALLBACK) -> tuple[str, ...]:
    """The same as plain lines."""
    if teaching.phase == "shown" and teaching.proof is not None:
        proof = teaching.proof
        rows = [(how(label), shares) for label, shares in proof.moods.items()] + [*proof.people.items()]
        compared = [Reason("lesson.compared", who=who, old=_whole(old), new=_whole(new)) for who, (old, new) in rows]
        indented = [*compared, *map(doubt, proof.remarks)]
        return (translated(verdict(proof), tag), *(f"  {translated(text, tag)}" for text in indented))
    lines = [translated(text, tag) for text in (teaching.text, _under_way(teaching)) if text]
    if teaching.hint:
        lines.append(f"  {translated(HINTS[teaching.hint], tag)}")
    if teaching.phase in ("waiting", "recording") and teaching.view != "seen":
        lines.append(f"  {translated(view(teaching.view), tag)}")
    return tuple(lines)


def verdict(proof: Proof) -> str:
    """What came of it, in two sentences."""
    shares = {name: _whole(getattr(proof, name)) for name in ("before", "after", "low", "high")}
    return Reason("lesson.better" if proof.better else "lesson.not_better", looks=proof.looks, **shares)


def doubt(remark: Remark) -> str:
    """What is odd about what was shown; the words of a remark that is not known here are its sender's."""
    moods = {"label": how(remark.label), "other": how(remark.other)}
    key = f"doubt.{remark.what.replace(' ', '_')}"
    return Reason(key, **moods, person=repr(remark.person), text=remark.text)


def _under_way(teaching: Teaching) -> str:
    """The phase in a line, "" if there is nothing to say of it."""
    mood = how(teaching.label or "")
    match teaching.phase:
        case "waiting":
            return Reason("lesson.next", mood=mood, number=teaching.number, moods=teaching.count)
        case "countdown":
            return Reason("collect.soon", label=mood, seconds=round(teaching.seconds))
        case "recording":
            return Reason("collect.now", label=mood, seconds=teaching.seconds)
        case "fitting":
            return Reason("lesson.learning")
    return ""


def doubtful(teaching: Teaching) -> str:
    """The first mood about which there is a doubt, or ""."""
    remarks = teaching.proof.remarks if teaching.proof else ()
    return next((remark.label for remark in remarks if remark.label), "")


def view(name: str) -> str:
    """What is seen, or what is wrong with it and what to do."""
    return VIEWS.get(name, name)


def _course(teaching: Teaching, tag: str) -> RenderableType:
    label = translated(how(teaching.label), tag).upper() if teaching.label else ""
    left = teaching.left_seconds
    colour, text = {
        "countdown": ("yellow", say(tag, "collect.in", label=label, seconds=int(left) + 1)),
        "recording": ("green", say(tag, "collect.showing", label=label)),
        "fitting": ("cyan", say(tag, "lesson.learning")),
    }.get(teaching.phase, ("white", label or say(tag, "collect.done")))
    bar: RenderableType = Text()
    if teaching.seconds:
        bar = Table.grid()  # a bar by itself does not end its line
        bar.add_row(ProgressBar(total=teaching.seconds, completed=teaching.seconds - left, width=WIDTH))
    seen = Text(translated(view(teaching.view), tag), style="green" if teaching.view == "seen" else "yellow")
    return Group(
        Panel(Text(text, style=f"bold {colour}", justify="center"), border_style=colour, width=WIDTH),
        Text(translated(HINTS.get(teaching.hint, ""), tag), style="bold"),
        bar,
        seen,
        Text(translated(teaching.text, tag), style="yellow"),
    )


def _proof(proof: Proof, tag: str) -> RenderableType:
    table = Table("", say(tag, "lesson.before"), say(tag, "lesson.now"), box=None)
    moods = [(translated(how(label), tag), shares) for label, shares in proof.moods.items()]
    rows = [*moods, *proof.people.items(), (say(tag, "lesson.all"), (proof.before, proof.after))]
    for name, (old, new) in rows:
        table.add_row(name, f"{_whole(old)} %", Text(f"{_whole(new)} %", style="green" if new > old else ""))
    remarks = [Text(f"! {translated(doubt(remark), tag)}", style="yellow") for remark in proof.remarks]
    return Group(Panel(Text(translated(verdict(proof), tag)), width=WIDTH), table, *remarks)


def _keys(teaching: Teaching, tag: str) -> str:
    if teaching.phase != "shown":
        return f" {say(tag, 'lesson.key_leave')}"
    label = doubtful(teaching)
    again = f"  {say(tag, 'lesson.key_again', mood=how(label))}" if label else ""
    return f" {say(tag, 'lesson.keys_shown')}{again}"


def _whole(share: float) -> int:
    """A share in whole percent."""
    return round(100 * share)
