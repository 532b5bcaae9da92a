"""Holds what was decoded into decide's own dataclasses against the limits that stand beside their types.

msgspec decodes a dataclass, but lets unknown keys pass and knows its own limits only; decide knows no msgspec.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import msgspec

from moodkiosk.decide.limits import ReadBy, Within
from moodkiosk.words.reason import Reason

Wrong = tuple[list[str], str]
"""The path of a key and what was expected there."""
MANY = 10**15
"""A whole number beyond this is not shown digit by digit."""


def unknown_keys(plain: object, kind: object, keys: tuple[str, ...] = ()) -> Iterator[tuple[list[str], str]]:
    """The keys in `plain` that the dataclasses in `kind` do not have: the path of their section, and the key."""
    kind = _bare(kind)
    if _has_fields(kind) and isinstance(plain, dict):
        hints = _hints(kind)
        for name, value in plain.items():
            if name in hints:
                yield from unknown_keys(value, hints[name], (*keys, name))
            elif dataclasses.is_dataclass(kind):
                yield [*keys], name
    elif get_origin(kind) is Mapping and isinstance(plain, dict):
        for name, value in plain.items():
            yield from unknown_keys(value, get_args(kind)[1], (*keys, name))


def wrong(value: object, kind: object, keys: tuple[str, ...] = ()) -> Iterator[Wrong]:
    """What is outside its limits in a decoded `value` of the type `kind`."""
    if get_origin(kind) is Annotated:
        kind, *limits = get_args(kind)
        yield from ((list(keys), text) for limit in limits if (text := _breach(value, limit)))
    if _has_fields(kind):
        for name, hint in _hints(kind).items():
            yield from wrong(getattr(value, name), hint, (*keys, name))
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from wrong(inner, get_args(kind)[1], (*keys, str(name)))
    elif isinstance(value, tuple):
        for index, inner in enumerate(value):
            yield from wrong(inner, get_args(kind)[0], (*keys, str(index)))


def _breach(value: object, limit: object) -> str | None:
    """What was expected instead of `value`, in words for people; None: it is within the limit."""
    if isinstance(limit, ReadBy):
        try:
            limit.read(str(value))
        except ValueError as error:
            return str(error)
    elif isinstance(limit, Within):
        if isinstance(value, str):
            return None if len(value) <= limit.most else Reason("config.letters_most", most=f"{limit.most:g}")
        if not (isinstance(value, int | float) and limit.least <= value <= limit.most):
            kind = Reason("config.int" if isinstance(value, int) else "config.float")
            bounds = {"least": f"{limit.least:g}", "most": f"{limit.most:g}"}
            return Reason("config.from_to", kind=kind, **bounds, got=_short(value))
    return None


def _short(number: object) -> str:
    """The number as people write it; one of hundreds of digits by its beginning."""
    try:
        return f"{number:.3g}" if isinstance(number, int) and abs(number) > MANY else str(number)
    except OverflowError:
        return Reason("config.digits")


def _bare(kind: object) -> object:
    return get_args(kind)[0] if get_origin(kind) is Annotated else kind


def _has_fields(kind: object) -> bool:
    return isinstance(kind, type) and (dataclasses.is_dataclass(kind) or issubclass(kind, msgspec.Struct))


@cache
def _hints(kind: Any) -> dict[str, object]:
    return get_type_hints(kind, include_extras=True)
