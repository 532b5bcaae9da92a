"""The pieces that the program composes: true to their seed, calm, one a mood, and FLAC that others read."""

from __future__ import annotations

import subprocess
from argparse import Namespace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from moodkiosk.failure import UsageError
from moodkiosk.operate.tunes import command, flac, linear, synth
from moodkiosk.operate.tunes.composer import CHARACTERS, compose
from tests.support import needs


def chord(at: NDArray[np.int64]) -> NDArray[np.float64]:
    """Three tones that are no multiples of each other, and their octaves."""
    tones = [900 / octave * np.sin(at * turn * octave) for turn in (0.21, 0.26, 0.31) for octave in (1, 2)]
    return np.asarray(np.sum(tones, axis=0), np.float64)


MOODS = {"neutral", "happy", "sad", "angry", "surprise"}


def read(path: Path) -> NDArray[np.int16]:
    """The sound of a file, as ffmpeg reads it."""
    line = ["ffmpeg", "-nostdin", "-loglevel", "error", "-i", str(path), "-f", "s16le", "-"]
    done = subprocess.run(line, check=True, capture_output=True)
    assert not done.stderr
    return np.frombuffer(done.stdout, "<i2")


def tags(path: Path) -> dict[str, str]:
    line = ["ffprobe", "-v", "error", "-show_entries", "format_tags", "-of", "default=nokey=0:noprint_wrappers=1"]
    lines = subprocess.run([*line, str(path)], check=True, capture_output=True, text=True).stdout.splitlines()
    return dict(line.removeprefix("TAG:").split("=", 1) for line in lines)


def test_every_mood_of_the_starter_model_has_a_piece() -> None:
    assert set(CHARACTERS) == MOODS


@pytest.mark.parametrize("mood", sorted(MOODS))
def test_a_piece_is_decided_by_mood_and_seed_and_is_as_long_as_asked(mood: str) -> None:
    notes = compose(mood, 7, 60)
    assert notes == compose(mood, 7, 60)
    assert notes != compose(mood, 8, 60)
    end = max(note.at + note.seconds for note in notes)
    assert 60 <= end < 60 + 40
    assert {note.voice for note in notes} == {"pad", "bass", "tune"}
    assert all(24 <= note.pitch <= 100 for note in notes)


def test_sad_and_angry_get_slower_and_sparser_music_than_happy() -> None:
    count = {mood: sum(note.voice == "tune" for note in compose(mood, 1, 120)) for mood in MOODS}
    assert count["angry"] < count["sad"] < count["happy"]


def test_the_sound_is_calm() -> None:
    sound = synth.play(compose("happy", 1, 12), 0.6) / 32_768
    assert np.abs(sound).max() <= synth.PEAK
    assert np.abs(np.diff(sound)).max() < 0.3, "no click"
    level = [float(np.sqrt((part**2).mean())) for part in np.array_split(sound[synth.RATE_HZ : -5 * synth.RATE_HZ], 8)]
    assert min(level) > 0.01, "no hole in it"
    assert max(level) < 6 * min(level), "no sudden loudness"
    assert np.abs(sound[-100:]).max() < 0.01, "it ends softly"


@pytest.mark.parametrize("length", [3, 4097])
def test_flac_holds_every_sample(tmp_path: Path, length: int) -> None:
    if needs.find("ffmpeg") is None:
        pytest.skip("needs ffmpeg")
    chance = np.random.default_rng(length)
    kinds = {
        "noise": chance.integers(-32_768, 32_768, length),
        "extremes": np.resize([-32_768, 32_767], length),
        "silence": np.zeros(length),
        "tone": 9_000 * np.sin(np.arange(length) / 20),
        "chord": (chord(np.arange(length)) + chance.normal(0, 2, length)).round(),
        "coarse": chance.integers(-300, 300, length) << 4,
    }
    for kind, samples in kinds.items():
        path = tmp_path / f"{kind}.flac"
        wanted = samples.astype(np.int16)
        path.write_bytes(flac.encode(wanted, 16_000, [("TITLE", kind)]))
        assert np.array_equal(read(path), wanted), kind


def test_a_chord_is_foreseen_better_than_by_fixed_rules() -> None:
    block = chord(np.arange(flac.BLOCK)).round().astype(np.int64)
    found = linear.predict(block)
    assert found is not None
    fixed = min(float(np.abs(np.diff(block, order)).mean()) for order in flac.ORDERS)
    assert float(np.abs(found.residual).mean()) < fixed / 4
    assert linear.predict(np.zeros(flac.BLOCK, np.int64)) is None


def test_a_minute_of_the_busiest_piece_takes_less_than_half_a_megabyte() -> None:
    sound = synth.play(compose("happy", 1, 12), CHARACTERS["happy"].bright)
    assert len(flac.encode(sound, synth.RATE_HZ, [])) / (len(sound) / synth.RATE_HZ) * 60 < 500_000


@pytest.mark.slow
def test_the_command_writes_the_same_files_again_with_their_tags(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    args = Namespace(folder=tmp_path / "new" / "tunes", seed=3, minutes=0.05)
    assert command.main(args) == 0
    files = sorted(args.folder.iterdir())
    assert {file.stem for file in files} == MOODS
    assert sorted(capsys.readouterr().out.split()) == [str(file) for file in files]
    calmest = args.folder / "angry.flac"
    before = calmest.read_bytes()
    assert command.write(args.folder, "angry", 3, 3).read_bytes() == before
    if needs.find("ffmpeg") is not None:
        assert tags(args.folder / "sad.flac") == {
            "TITLE": "Warm rain",
            "ARTIST": "Moodkiosk",
            "ALBUM": "Moodkiosk",
            "MOOD": "sad",
            "GENRE": "sad;Ambient",
        }


@pytest.mark.parametrize("minutes", [0, -1, float("nan"), float("inf"), 31])
def test_other_lengths_are_refused(tmp_path: Path, minutes: float) -> None:
    with pytest.raises(UsageError, match="--minutes"):
        command.main(Namespace(folder=tmp_path, seed=1, minutes=minutes))
