"""What a fit has come to, as it is told to act: figures, and sentences for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moodkiosk.link.protocol import Proof, Remark

if TYPE_CHECKING:
    from moodkiosk.sense.teach.doubts import Doubt
    from moodkiosk.sense.teach.learning import Outcome

SENTENCES = {
    "few frames": "too few good looks at '{label}'",
    "no neutral": "a face at rest has to be shown too",
    "one label": "at least two moods have to be shown",
    "crosswise": "'{label}' looks like '{other}', and '{other}' like '{label}': were they shown the wrong way round?",
    "alike": "'{label}' hardly differs from '{other}': show it more clearly",
    "two people": "two people seem to have been in front under the name {person!r}",
    "frozen": "'{label}' is the same picture again and again: move a little",
}


def doubt(found: Doubt) -> str:
    """A doubt as a sentence."""
    fields = {"label": "?", "other": "?", "person": "?"} | found.fields
    return SENTENCES[found.key].format(**fields) if found.key in SENTENCES else found.key


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
        looks=after.samples,
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
    sure = f"{after.low:.0%} to {after.high:.0%}"
    figures = f"reads {after.value:.0%} of held-out looks right ({sure}), {before.value:.0%} before"
    return figures if outcome.better else f"{figures}; not surely better, so the model stays as it was"
