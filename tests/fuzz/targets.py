"""What is fuzzed."""

from __future__ import annotations

from tests.fuzz import doors, files, inside, players, words
from tests.fuzz.run import Target

TARGETS = {
    target.name: target
    for target in (
        Target(
            "link-to-act",
            "lines from the half that sees, to act's loop and all that shows it",
            inside.from_sense,
            inside.act_hears,
        ),
        Target(
            "link-to-sense", "orders to the half that sees, with a face before it", inside.to_sense, inside.sense_hears
        ),
        Target("control", "lines to the control socket, before act's loop", doors.line, doors.control_socket),
        Target("http", "requests to the page and its API", doors.request, doors.page),
        Target("mqtt", "topics and payloads from the broker", inside.from_broker, inside.broker_says),
        Target("mpd", "what an MPD server answers, and what is shown of it", players.answers, players.mpd),
        Target("words", "the file of a language", words.language_file, words.languages),
        Target("config", "configuration files", files.configuration, files.config_file),
        Target("models", "model files and their manifests", files.model_file, files.models),
        Target("recordings", "recordings: reading, measuring, forgetting", files.recorded, files.recordings),
        Target(
            "state",
            "what is remembered: settings, faces, lessons, sign-in, players, day, sessions",
            files.state_file,
            files.state_files,
        ),
    )
}
