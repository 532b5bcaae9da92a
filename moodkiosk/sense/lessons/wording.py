"""What a fit has come to, as it is told to act: figures, and sentences for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moodkiosk.link.messages import Proof, Remark
from moodkiosk.words.reason import Reason, how

if TYPE_CHECKING:
    from moodkiosk.sense.teach.doubts import Doubt
    from moodkiosk.sense.teach.learning import Outcome


def doubt(found: Doubt) -> str:
    """A doubt as a sentence."""
    fields = {"label": "?", "other": "?", "person": "?"} | found.fields
    moods = {name: how(str(fields[name])) for name in ("label", "other")}
    return Reason(f"doubt.{found.key.replace(' ', '_')}", **moods, person=repr(fields["person"]), text=found.key)


def remark(found: Doubt) -> Remark:
    """A doubt as it is told."""
    texts = {key: str(found.fields.get(key, "")) for key in ("label", "other", "person")}
    return Remark(found.key, **texts, text=doubt(found))


def proof(outcome: Outcome) -> Proof:
    """What was learnt, as it is told."""
    before, after = outcome.before, outcome.after
    people = {name: (share(old.value), share(new.value)) for name, (old, new) in outcome.people.items()}
    return Proof(
        better=outcome.better,
        before=share(before.value),
        after=share(after.value),
        low=share(after.low),
        high=share(after.high),
        looks=after.count,
        moods={label: (share(old), share(new)) for label, (old, new) in outcome.recalls.items()},
        people=people if len(people) > 1 else {},
        remarks=tuple(map(remark, outcome.doubts)),
        text=_sentence(outcome),
    )


def share(value: float) -> float:
    """A share fit to be sent: 0 where it is not known."""
    return round(value, 4) if value == value else 0.0


def _sentence(outcome: Outcome) -> str:
    before, after = outcome.before, outcome.after
    shares = {"after": after.value, "low": after.low, "high": after.high, "before": before.value}
    percent = {name: round(100 * share(value)) for name, value in shares.items()}
    return Reason("taught.better" if outcome.better else "taught.not_better", **percent)
