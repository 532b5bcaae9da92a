"""What needs root and a real systemd: run by scripts/test-systemd, not by scripts/test."""
