"""Decide: pure functions from readings to events and decisions. No I/O, no clock."""
