"""What is to be shown in a sitting: an order's words, checked against what the model in use knows."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import msgspec

from moodkiosk.host.files import NOT_JSON
from moodkiosk.moods.lesson import TEACH_SECONDS, Lesson
from moodkiosk.moods.reading import AT_REST
from moodkiosk.sense.lessons.refusal import NotNow
from moodkiosk.sense.lessons.sitting import Plan
from moodkiosk.sense.mood.model import STARTER
from moodkiosk.sense.teach.dense import base_of
from moodkiosk.words.reason import Reason, how

if TYPE_CHECKING:
    from moodkiosk.sense.mood.bundle import Manifest


def plan_of(text: str, manifest: Manifest, shown: Collection[str]) -> Plan:
    """The plan of a `moods.lesson.Lesson` as JSON. Raises NotNow.

    Args:
        text: "" or "{}" is all moods of the model in use.
        manifest: of that model.
        shown: moods of which recordings are kept.
    """
    known = manifest.labels
    try:
        lesson = msgspec.json.decode(text or "{}", type=Lesson)
    except NOT_JSON as error:
        raise NotNow(Reason("taught.no_lesson", reason=str(error))) from None
    labels = lesson.labels or known
    least, most = TEACH_SECONDS
    if not least <= lesson.seconds <= most or not set(labels) <= set(known) or len(set(labels)) < len(labels):
        raise NotNow(Reason("taught.lesson_range"))
    if len(labels) < 2 or (AT_REST in known and AT_REST not in labels):
        raise NotNow(Reason("taught.at_least_two", mood=how(AT_REST)))
    _lose_none(manifest, {*labels, *shown})
    ordered = sorted(labels, key=lambda label: label != AT_REST)  # at rest first; the others as they were given
    return Plan(tuple(ordered), lesson.person, lesson.seconds)


def _lose_none(manifest: Manifest, shown: set[str]) -> None:
    """A taught model knows the starter's moods and those that were shown: no other may get lost. Raises NotNow."""
    if manifest.uses_hands:
        raise NotNow(Reason("taught.hands"))
    if others := sorted(set(manifest.labels) - set(base_of(STARTER.read_bytes()).labels) - shown):
        raise NotNow(Reason("taught.others", moods=[how(label) for label in others]))
