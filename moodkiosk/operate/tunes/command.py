"""`moodkiosk tunes`: makes the five pieces, so that the first mood is heard without any account or file of yours."""

from __future__ import annotations

import argparse
from pathlib import Path

from moodkiosk.failure import UsageError
from moodkiosk.host.files import write_atomic
from moodkiosk.operate.tunes import flac, synth
from moodkiosk.operate.tunes.composer import CHARACTERS, compose
from moodkiosk.words.reason import Reason

ALBUM = ARTIST = "Moodkiosk"
MINUTES_MAX = 30.0
MODE = 0o644
"""The music server is another user."""


def main(args: argparse.Namespace) -> int:
    """Writes a piece for each mood into a folder, and says what it wrote. Raises UsageError."""
    if not 0 < args.minutes <= MINUTES_MAX:
        raise UsageError(Reason("tunes.minutes", most=MINUTES_MAX, given=args.minutes))
    if args.folder.exists() and not args.folder.is_dir():
        raise UsageError(Reason("tunes.no_folder", folder=str(args.folder)))
    args.folder.mkdir(parents=True, exist_ok=True)
    for mood in CHARACTERS:
        print(write(args.folder, mood, args.seed, 60 * args.minutes), flush=True)
    return 0


def write(folder: Path, mood: str, seed: int, seconds: float) -> Path:
    """Makes the piece for one mood; the file it is in."""
    character = CHARACTERS[mood]
    sound = synth.play(compose(mood, seed, seconds), character.bright)
    # MPD knows the tag "mood" from 0.24 on; before that the mood is found as a genre.
    tags = {"TITLE": character.title, "ARTIST": ARTIST, "ALBUM": ALBUM, "MOOD": mood, "GENRE": mood}
    path = folder / f"{mood}.flac"
    write_atomic(path, flac.encode(sound, synth.RATE_HZ, [*tags.items(), ("GENRE", character.genre)]), mode=MODE)
    return path
