"""Whoever meets a script asks it what it does: every one of them answers, and does nothing else."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"
OURS = sorted(p.name for p in SCRIPTS.iterdir() if p.is_file() and os.access(p, os.X_OK) and p.name[0] != "_")
SHELL = [name for name in OURS if (SCRIPTS / name).read_bytes().startswith((b"#!/usr/bin/env bash", b"#!/bin/bash"))]
PARSES_ITSELF = [name for name in SHELL if "exec" not in (SCRIPTS / name).read_text().splitlines()[-1]]


def run(name: str, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([SCRIPTS / name, *words], capture_output=True, text=True, check=False, timeout=120)


def says_what_it_does(name: str) -> None:
    done = run(name, "--help")
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    called = {"collect.py": "moodkiosk collect", "make-tunes": "moodkiosk tunes"}.get(name, name)
    assert called in done.stdout, done.stdout
    assert len(done.stdout.splitlines()) > 2
    assert not done.stdout.startswith("#!")


def is_one_line(done: subprocess.CompletedProcess[str], word: str) -> None:
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.splitlines()) == 1
    assert word in done.stderr


@pytest.mark.parametrize("name", PARSES_ITSELF)
def test_a_script_of_the_shell_says_what_it_does(name: str) -> None:
    says_what_it_does(name)


@pytest.mark.slow  # TensorFlow, the Spotify double, and so on are loaded
@pytest.mark.parametrize("name", [name for name in OURS if name not in {*PARSES_ITSELF, "back-off"}])
def test_a_script_of_python_says_what_it_does(name: str) -> None:
    says_what_it_does(name)


@pytest.mark.parametrize("name", [name for name in PARSES_ITSELF if name not in ("test", "back-off", "test-systemd")])
def test_a_word_that_it_does_not_know_is_one_line(name: str) -> None:
    done = run(name, "--no-such-thing")
    is_one_line(done, "--no-such-thing")
    assert "--help" in done.stderr


@pytest.mark.parametrize("name", ["test-fresh", "test-arm64", "test-deb"])
def test_a_suite_that_debian_does_not_have_is_one_line(name: str) -> None:
    is_one_line(run(name, "woody"), "woody")


def test_a_suite_that_is_forgotten_or_wrong_is_one_line() -> None:
    for words in (["--suite"], ["--suite", "woody"]):
        is_one_line(run("test-systemd", *words), "suite")
