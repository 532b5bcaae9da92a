"""Held-out faces in time: who is shown, that the same faces give the same films, and the temperature fitted there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from moodkiosk.decide import debounce
from moodkiosk.decide.settings import Settings
from moodkiosk.learn.train import starter_streams
from moodkiosk.learn.train.opinion import material
from moodkiosk.learn.train.starter_faces import LABELS, Material
from moodkiosk.learn.train.starter_faces import material as faces_of
from moodkiosk.learn.train.starter_streams import LOOK_SECONDS, PLANS, REST, Film
from moodkiosk.sense.mood import model as models
from moodkiosk.sense.mood.measures import FACE_MEASURES
from moodkiosk.sense.mood.model import tempered
from moodkiosk.sense.teach import dense, figures

LEARNT = 1000.0
"""No face that was held out has such measures."""


def faces() -> Material:
    """Six people, of whom four were held out, and one of these has no photograph at rest."""
    rng = np.random.default_rng(0)
    person = np.repeat(["a", "b", "c", "never at rest", "e", "f"], len(LABELS))
    y = np.tile(np.arange(len(LABELS)), 6)
    y[(person == "never at rest") & (y == REST)] = LABELS.index("sad")
    held = ~np.isin(person, ("e", "f"))
    x = rng.normal(0, 0.1, (len(y), 40)).astype(np.float32)
    x[:, len(FACE_MEASURES) :] -= 3
    x[~held] = LEARNT
    n = len(y)
    return Material(
        x=x, y=y, teacher=np.full((n, 5), 0.2, np.float32), person=person, source=np.full(n, "mux_lfw"),
        closed=np.zeros(n, bool), grey=np.full(n, 120, np.float32), learnt=~held, held=held,
    )  # fmt: skip


def test_the_same_faces_give_the_same_films_of_held_out_people_only() -> None:
    some = faces()
    own = replace(some, held=some.held & (some.person != "never at rest"))  # whoever lends a mood has a face at rest
    films, again = starter_streams.films(own), starter_streams.films(own)
    assert [film.person for film in films] == ["a", "b", "c"] * len(PLANS)
    assert all(np.array_equal(film.x, other.x) for film, other in zip(films, again, strict=True))
    assert max(float(film.x.max()) for film in films) < LEARNT / 2


def test_every_mood_is_shown_for_twelve_seconds_with_as_much_rest_before_it() -> None:
    film = starter_streams.films(faces(), 1)[0]
    assert film.plan == "mixed"
    seconds = {label: float((film.truth == number).sum() * LOOK_SECONDS) for number, label in enumerate(LABELS)}
    assert seconds == pytest.approx({label: 48 if label == LABELS[REST] else 12 for label in LABELS})
    assert (film.truth[:60] == REST).all()
    assert (film.truth[60:120] == film.truth[60]).all()


def test_a_calm_household_is_mostly_at_rest_and_who_arrives_smiling_is_so_for_half_a_minute() -> None:
    _, calm, smiling = starter_streams.films(faces(), 1)
    assert (calm.truth == REST).mean() > 0.7
    assert (smiling.truth[:150] == LABELS.index("happy")).all()
    assert smiling.truth[150] == REST


@pytest.mark.parametrize("factor", [0.7, 1.0, 1.6])
def test_the_temperature_undoes_too_much_and_too_little_confidence(factor: float) -> None:
    film, shares = read_with(factor, "mixed", np.random.default_rng(1))
    assert starter_streams.best_temperature([film], [shares]) == pytest.approx(factor, rel=0.05)


def test_the_temperature_is_not_of_households_that_are_mostly_at_rest() -> None:
    """There a network seems too modest to which all moods are equally usual."""
    rng = np.random.default_rng(2)
    parts = [read_with(1.0, "mixed", rng), read_with(1 / 1.5, "calm", rng), read_with(1 / 1.5, "smiling", rng)]
    films, said = [film for film, _ in parts], [shares for _, shares in parts]
    assert starter_streams.best_temperature(films, said) == pytest.approx(1, rel=0.05)


def read_with(factor: float, plan: str, rng: np.random.Generator) -> tuple[Film, NDArray[np.float32]]:
    """A film, and what a network says of it that is too sure (above 1) or too modest."""
    shares = rng.dirichlet(np.ones(5), 8000)
    truth = np.array([rng.choice(5, p=row) for row in shares])
    return Film("a", plan, np.zeros((len(truth), 40), np.float32), truth), tempered(
        shares.astype(np.float32), 1 / factor
    )


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_the_starter_is_as_sure_as_it_is_right_on_photographs_and_in_time(extra: Path) -> None:
    """Its temperature is the one that is fitted in time; the calibration error is at most 0.05 either way.

    Who is at rest for minutes is read more surely than that: the network knows no household's habits.
    """
    all_of_them = faces_of(material.load_faces(extra / "data" / "face_crops.npz"))
    model = models.load(models.STARTER)
    manifest, weights = model.manifest, dense.base_of(models.STARTER.read_bytes()).weights
    usual = np.array(manifest.neutral_mean, np.float32)
    films = starter_streams.films(all_of_them)
    said = [starter_streams.read(weights, usual, film) for film in films]
    assert starter_streams.best_temperature(films, said) == pytest.approx(manifest.temperature, abs=0.02)
    held = all_of_them.held
    shares = tempered(dense.predict(weights, all_of_them.x[held]), manifest.temperature)
    assert figures.calibration_error(all_of_them.y[held], shares) <= 0.05
    in_time = starter_streams.judged(
        films[::10],
        [tempered(some, manifest.temperature) for some in said[::10]],
        lambda readings: debounce.settled(readings, Settings()),
    )
    whole = [tempered(some, manifest.temperature) for some in said]
    for plan in ("mixed", "calm", "smiling"):
        of_plan = [number for number, film in enumerate(films) if film.plan == plan]
        truth = np.concatenate([films[number].truth for number in of_plan])
        error = figures.calibration_error(truth, np.concatenate([whole[number] for number in of_plan]))
        assert error <= (0.05 if plan == "mixed" else 0.08)
        assert in_time[f"{plan}.right"].value > in_time[f"{plan}.wrong"].value
