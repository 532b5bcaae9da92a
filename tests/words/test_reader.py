"""Which language a terminal is spoken to in."""

from __future__ import annotations

import pytest

from moodkiosk.words.reader import language


@pytest.mark.parametrize(
    ("environment", "configured", "chosen"),
    [
        ({"LANG": "de_AT.UTF-8"}, "auto", "de"),
        ({"LANG": "en_GB.UTF-8", "LC_MESSAGES": "de_DE@euro"}, "auto", "de"),
        ({"LANG": "de_DE.UTF-8", "LC_ALL": "C"}, "auto", "en"),
        ({"LANG": "de_DE.UTF-8", "LC_ALL": ""}, "auto", "de"),
        ({"LANG": "fr_FR.UTF-8"}, "auto", "en"),
        ({"LANG": "pt_BR.UTF-8"}, "auto", "pt-BR"),
        ({}, "auto", "en"),
        ({"LANG": "en_GB.UTF-8"}, "de", "de"),
        ({}, "de", "de"),
    ],
)
def test_it_is_the_household_s_else_the_environment_s(
    environment: dict[str, str], configured: str, chosen: str
) -> None:
    assert language(environment, ("de", "en", "pt-BR"), configured) == chosen
