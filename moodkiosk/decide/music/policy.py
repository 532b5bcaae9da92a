"""From a settled mood, or a person's wish, to a decision: always exactly one, always with its reason."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from moodkiosk.decide import camera
from moodkiosk.decide.hours import active_until
from moodkiosk.decide.music import choose, gates, reasons, respect, running
from moodkiosk.decide.music.playback import Started
from moodkiosk.decide.settings import MoodMusic, Settings
from moodkiosk.decide.state import State, Step, automatic, mood_of, taste_of, volume_cap
from moodkiosk.decide.times import Now, after
from moodkiosk.moods.choice import Choice, Taste
from moodkiosk.moods.decision import Decision
from moodkiosk.moods.song import Song


def on_mood(step: Step, mood: str, now: Now, settings: Settings) -> Step:
    """A mood has held for long enough: plays its music if every gate is open, and if it does not play already."""
    started = step.state.playback.started
    ours = started is not None and started.mood == mood
    if started is not None and ours and not _takes_a_look(step.state, started, mood, now, settings):
        return decided(step, _nothing(step.state, mood, reasons.already_playing(mood), now, settings), now)
    found = _choices(step.state, mood, settings, asked=False)
    case = _case(step.state, mood, now, settings, action=bool(found))
    verdicts = gates.examine(case)
    shut = gates.shut(verdicts)
    if shut is None:
        why = reasons.chosen_by_hand(mood) if case.by_hand else reasons.looks(mood)
        decision = replace(_play(step.state, mood, found, why, now, settings), continues=ours)
        return _begin(decided(step, decision, now, verdicts), now, settings)
    gate, reason = shut
    if case.action:
        step = step.to(running.refuse(step.state, mood))
    nothing = replace(_nothing(step.state, mood, reasons.not_played(reason), now, settings), gate=gate)
    step = decided(step, nothing, now, verdicts)
    return step.tell("not_played", now, mood=mood, detail=reason) if case.action else step


def _takes_a_look(state: State, started: Started, mood: str, now: Now, settings: Settings) -> bool:
    """Whether it takes a look to know that the music of the mood that has settled again still runs."""
    if running.may_have_ended(started, now):
        return True
    return running.is_long_ago(started, now) and may_play(state, mood, now, settings)


def on_request(step: Step, now: Now, settings: Settings, wish: Taste = choose.ANY, *, continues: bool = False) -> Step:
    """Somebody asks for music now: neither cool-down nor quiet hours count, the volume cap does.

    The mood must be known; the caller sees to it. What is wished for with it holds for this once. Where the music of
    this mood may go on (`continues`), it is left as it is if it still plays.
    """
    mood = mood_of(step.state)
    assert mood is not None, "without a mood there is nothing to ask for"
    found = _choices(step.state, mood, settings, asked=True, wish=wish)
    if not found:
        decision = _nothing(step.state, mood, reasons.not_played(reasons.no_music(mood)), now, settings)
        return decided(step, replace(decision, asked=True), now, wish=wish)
    why = reasons.chosen_by_hand(mood) if step.state.manual is not None else reasons.asked(wish)
    started = step.state.playback.started
    decision = _play(step.state, mood, found, why, now, settings, wish)
    decision = replace(decision, asked=True, finish_song=False)
    decision = replace(decision, continues=continues and started is not None and started.mood == mood)
    return _begin(decided(step, decision, now, wish=wish), now, settings, takes_turns=not wish)


def on_choice(step: Step, song: Song, mood: str, now: Now, settings: Settings) -> Step:
    """Somebody has chosen one thing out of the list: that plays, or nothing does."""
    why = reasons.chose(song.title)
    decision = _play(step.state, mood, (song.choice,), why, now, settings)
    decision = replace(decision, what=song.title, youtube_url=song.youtube_url, asked=True, finish_song=False)
    if song.choice.kind == "search":  # for players that search by fields
        taste = song.taste
        decision = replace(decision, language=taste.language, artist=taste.artist, genre=taste.genre)
    step = decided(step, decision, now, wish=step.state.playback.wish)
    return _begin(step, now, settings, takes_turns=song.own)


def on_play(step: Step, now: Now, settings: Settings) -> Step:
    """Somebody wants the music to go on: what was paused does, else some for the mood; no earlier choice counts."""
    state = step.state
    step = step.to(replace(state, playback=replace(state.playback, override=None, stopped=False, people=None)))
    mood = mood_of(state)
    found = () if mood is None else _choices(state, mood, settings, asked=True)
    if mood is not None and found:
        decision = _play(state, mood, found, reasons.asked(), now, settings)
    else:
        decision = Decision("play", now.at, reasons.asked(), mood=mood, speaker=settings.music.speaker)
        decision = replace(decision, volume_percent_max=loudest(state, now, settings))
    step = decided(step, replace(decision, action="resume", asked=True, finish_song=False), now)
    return _begin(step, now, settings, takes_turns=False)


def may_play(state: State, mood: str, now: Now, settings: Settings) -> bool:
    """Whether every gate is open for music for this mood."""
    action = bool(_choices(state, mood, settings, asked=False))
    return gates.shut(gates.examine(_case(state, mood, now, settings, action=action))) is None


def fade_out(step: Step, why: str, now: Now, settings: Settings) -> Step:
    """Our own music fades out; should its mood come back, so does the music."""
    playback = step.state.playback
    assert playback.started is not None
    decision = Decision(
        "pause",
        now.at,
        why,
        mood=playback.started.mood,
        speaker=settings.music.speaker,
        fade_seconds=settings.music.fade_seconds,
    )
    step = decided(step, decision, now)
    playback = replace(step.state.playback, started=None, paused=playback.started, empty_at=None, unfinished=decision)
    return step.to(replace(step.state, playback=playback))


def on_departure(step: Step, now: Now, settings: Settings) -> Step:
    """Everybody has left: our own music is paused, now or after a while, where that is wished.

    What somebody has just asked for is brought to its end first; `night.watch` sees to the rest.
    """
    state = step.state
    if state.playback.started is None and not state.playback.starting:
        return step
    step = step.to(replace(state, playback=replace(state.playback, empty_at=now.at)))
    return step if running.is_asked_for(state.playback, now) else pause_behind(step, now, settings)


def pause_behind(step: Step, now: Now, settings: Settings) -> Step:
    """Pauses our own music behind those who have left, where that is wished."""
    state = step.state
    started = state.playback.started
    if started is None or settings.music.when_nobody != "pause" or not automatic(state, settings):
        return step
    decision = Decision("pause", now.at, reasons.EVERYBODY_LEFT, mood=started.mood, speaker=settings.music.speaker)
    step = decided(step, decision, now)
    playback = replace(step.state.playback, started=None, paused=started, empty_at=None, unfinished=decision)
    return step.to(replace(step.state, playback=playback))


def on_button(step: Step, action: Literal["pause", "skip"], now: Now, settings: Settings) -> Step:
    """Somebody pressed a button of the kiosk. Who pauses wants silence: that is respected like any other choice."""
    decision = Decision(action, now.at, reasons.asked(), speaker=settings.music.speaker, asked=True)
    step = decided(step, decision, now)
    if action == "skip":
        return step
    playback = respect.chosen(step.state.playback, now, settings, stopped=True)
    return step.to(running.refuse(replace(step.state, playback=playback), mood_of(step.state)))


def _case(state: State, mood: str, now: Now, settings: Settings, *, action: bool) -> gates.Case:
    """What the gates look at."""
    open_wanted, why = camera.wanted(state, now, settings)
    return gates.Case(
        mood=mood,
        by_hand=state.manual is not None,
        action=action,
        automatic=automatic(state, settings),
        camera_shut=None if open_wanted else why,
        here=state.presence.here,
        quiet_until=None if now.wall is None else active_until(settings.music.quiet_hours, now.wall),
        override=state.playback.override,
        stopped=state.playback.stopped,
        cooling=state.playback.cooling,
        failed=state.playback.failures > 0,
        asked_for=running.is_asked_for(state.playback, now),
        now=now,
    )


def _choices(
    state: State, mood: str, settings: Settings, *, asked: bool, wish: Taste = choose.ANY
) -> tuple[Choice, ...]:
    last, opinions = state.playback.last.get(mood), state.playback.opinions
    return choose.choices(
        mood,
        settings.music,
        taste_of(state, settings),
        last,
        asked=asked,
        wish=wish,
        liked=tuple(song.choice for song in opinions.liked.get(mood, ())),
        refused=opinions.refused,
    )


def _play(
    state: State,
    mood: str,
    found: tuple[Choice, ...],
    why: str,
    now: Now,
    settings: Settings,
    wish: Taste = choose.ANY,
) -> Decision:
    """To play what was found."""
    taste = taste_of(state, settings)
    wanted = choose.fields(settings.music.moods.get(mood, MoodMusic()), taste, wish)
    return Decision(
        "play",
        now.at,
        why,
        mood=mood,
        what=choose.called(found[0], mood, state.playback.names),
        speaker=settings.music.speaker,
        choices=found,
        volume_percent_max=loudest(state, now, settings),
        finish_song=settings.music.finish_song,
        youtube_url=choose.youtube_url(mood, settings.music, taste, wish),
        fade_seconds=settings.music.fade_seconds,
        language=wanted.language,
        artist=wanted.artist,
        genre=wanted.genre,
        avoid=frozenset(state.playback.opinions.refused),
    )


def _nothing(state: State, mood: str, why: str, now: Now, settings: Settings) -> Decision:
    """To play nothing; the link is there all the same."""
    url = choose.youtube_url(mood, settings.music, taste_of(state, settings))
    return Decision("none", now.at, why, mood=mood, youtube_url=url)


def loudest(state: State, now: Now, settings: Settings, *, plays: bool = False) -> int:
    """The volume cap of this moment, in percent. While the time of day is unknown, the quieter one.

    With `quiet_action: keep`, music that `plays` when quiet hours begin stays as loud as it is.
    """
    cap = volume_cap(state, settings)
    ranges = () if plays and settings.music.quiet_action == "keep" else settings.music.quiet_hours
    loud = not ranges or (now.wall is not None and active_until(ranges, now.wall) is None)
    return cap if loud else min(cap, settings.music.quiet_volume_percent_max)


def decided(
    step: Step,
    decision: Decision,
    now: Now,
    verdicts: dict[str, str | None] | None = None,
    wish: Taste = choose.ANY,
) -> Step:
    """The step with one decision more, and the line about it; its mood is what music is now recommended for."""
    playback = step.state.playback
    if decision.mood is not None:
        playback = replace(playback, recommended=decision.mood, wish=wish)
    if decision.volume_percent_max is not None:
        playback = replace(playback, cap=decision.volume_percent_max)
    if decision.action != "none":
        playback = replace(playback, asked_for=decision if decision.asked else None)
    step = replace(step, state=replace(step.state, playback=playback), decisions=(*step.decisions, decision))
    return step.note(reasons.sentence(decision), now, verdicts)


def _begin(step: Step, now: Now, settings: Settings, *, takes_turns: bool = True) -> Step:
    """Music is about to play: its cool-down begins, and the entry has had its turn."""
    decision, playback = step.decisions[-1], step.state.playback
    mood = decision.mood or ""
    turn = {mood: decision.choices[0].value} if takes_turns else {}
    playback = replace(
        playback,
        cooling=after(now, settings.music.min_minutes_between_changes),
        cooled=playback.cooling,
        last=playback.last | turn,
        turned=playback.last.get(mood),
        starting=True,
        quiet=playback.quiet if decision.asked else False,  # nothing begins by itself in quiet hours
    )
    return step.to(replace(step.state, playback=playback))
