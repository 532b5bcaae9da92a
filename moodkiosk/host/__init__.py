"""What the machine gives: `files` (that survive power cuts), `paths`, `systemd` (notify, journal), `crash`."""
