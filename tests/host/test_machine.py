"""What a machine is called, whatever bytes its name has."""

from __future__ import annotations

import socket

import msgspec
import pytest

from moodkiosk.host import machine


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("kiosk", "kiosk"),
        ("küche", "küche"),
        ("living room", "living-room"),
        ("\udcffk", "-k"),
        ('"><b>', "---b-"),
        ("", "localhost"),
    ],
)
def test_its_name_is_fit_for_an_address_and_a_message(given: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: given)
    assert machine.hostname() == name
    assert msgspec.json.encode(machine.hostname())
