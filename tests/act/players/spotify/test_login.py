"""`moodkiosk login` as a person meets it: a real process, a browser that follows redirects, a terminal to paste in."""

from __future__ import annotations

import contextlib
import getpass
import json
import os
import re
import shlex
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest
import requests

from moodkiosk.act.players.spotify.account import login
from moodkiosk.act.players.spotify.account.redirect import WrongAddress, code_in
from moodkiosk.config.settings import Config, PathSettings, SpotifySettings
from moodkiosk.decide.settings import MusicSettings
from moodkiosk.operate.broker import free_port
from tests.support.control_double import ControlDouble
from tests.support.spotify_home import openapi
from tests.support.sshd import Sshd
from tests.support.wait import until
from tests.support.webapi import CLIENT_ID, Fault, WebApi, device, error

CLIENT = f"spotify:\n  client_id: {CLIENT_ID}\n"


@pytest.fixture
def api() -> Iterator[WebApi]:
    with WebApi(openapi()) as double:
        double.devices.append(device("Ana's phone", "p1"))
        yield double


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        found: int = probe.getsockname()[1]
        return found


class Terminal:
    """A login that runs; leaves no process behind."""

    def __init__(
        self,
        folder: Path,
        api: WebApi,
        port: int,
        *more: str,
        prefix: tuple[str, ...] = (),
        stdin: int = -1,
    ) -> None:
        self.state = folder / "state"
        self.token_file = self.state / "act" / "spotify-token.json"
        there = api.developer
        file = folder / "config.yaml"
        file.write_text(
            f"paths: {{state: '{self.state}'}}\n"
            f"spotify:\n  client_id: {CLIENT_ID}\n  redirect_port: {port}\n  developer:\n"
            f"    api_url: {there.api_url}\n    authorize_url: {there.authorize_url}\n"
            f"    token_url: {there.token_url}\n"
        )
        command = [sys.executable, "-m", "moodkiosk", "login", "--config", str(file), *more]
        if prefix and Path(prefix[0]).name == "ssh":  # which makes one line of its words, for the shell over there
            command = [shlex.join(command)]
        self._process = subprocess.Popen(
            [*prefix, *command],
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={"SSH_CONNECTION": "10.0.0.5 50000 10.0.0.7 22"} | os.environ,
        )
        self.said = ""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self.said += line

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        self._reader.join(5)
        assert self._process.stdout is not None
        self._process.stdout.close()
        with contextlib.suppress(OSError):
            if self._process.stdin is not None:
                self.close_input()
        assert "secret-" not in self.said
        assert "Traceback" not in self.said

    def address(self) -> str:
        """The address that is to be opened."""
        until(lambda: "paste it here" in self.said or self._process.poll() is not None, 20, "the address")
        found = re.search(r"^http\S+/authorize\?\S+$", self.said, re.M)
        assert found, self.said
        return found[0]

    def redirected(self) -> str:
        """Where a browser on another machine ends up."""
        return requests.get(self.address(), allow_redirects=False, timeout=60).headers["Location"]

    def waits_for(self, text: str) -> None:
        """Until it is said."""
        until(lambda: text in self.said, what=text)

    def paste(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def close_input(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()

    def code(self) -> int:
        """The exit code."""
        code = self._process.wait(20)
        self._reader.join(5)
        return code


def test_the_browser_brings_the_answer_back_by_itself(tmp_path: Path, api: WebApi, port: int) -> None:
    with Terminal(tmp_path, api, port) as terminal, socket.socket() as idle:
        address = terminal.address()
        idle.connect(("127.0.0.1", port))  # browsers do that
        assert requests.get(f"http://127.0.0.1:{port}/favicon.ico", timeout=60).status_code == 404
        assert requests.get(f"http://127.0.0.1:{port}/callback?code=x&state=forged", timeout=60).status_code == 400
        answer = requests.get(address, timeout=60)
        assert (answer.status_code, "Thank you" in answer.text) == (200, True)
        assert terminal.code() == 0
        assert f"ssh -L {port}:127.0.0.1:{port} " in terminal.said
        assert "@10.0.0.7" in terminal.said
        assert "Signed in as Ana." in terminal.said
        assert "Connected speakers: Ana's phone, Living room." in terminal.said
        kept = json.loads(terminal.token_file.read_text())
        assert terminal.token_file.stat().st_mode & 0o777 == 0o600
        assert kept["refresh_token"] in api.refresh
        assert (kept["account"], kept["scope"]) == ("ana", api.scope)
        assert kept["authorized_at"] == pytest.approx(api.now(), abs=60)


def test_the_answer_can_be_pasted_and_wrong_ones_are_told_apart(tmp_path: Path, api: WebApi, port: int) -> None:
    with Terminal(tmp_path, api, port) as terminal:
        right = terminal.redirected()
        for wrong, shown in (
            ("hello", "that is not the address you end up at"),
            (terminal.address(), "that is the address to open; paste the one you end up at"),
            (right.replace(f":{port}/", ":1234/"), f"that address has port 1234, expected {port}"),
            (right.replace("state=", "state=x"), "that address belongs to another sign-in"),
            ("http://[", "that is not an address"),
        ):
            terminal.paste(wrong)
            terminal.waits_for(shown)
        assert terminal.said.count("moodkiosk: ") == 5
        terminal.paste(f"  '{right.removeprefix('http://')}' ")  # as many browsers show it
        assert terminal.code() == 0
        assert terminal.token_file.is_file()


def test_saying_no_changes_nothing(tmp_path: Path, api: WebApi, port: int) -> None:
    api.deny = True
    with Terminal(tmp_path, api, port) as terminal:
        until(lambda: terminal.token_file.parent.is_dir(), what="the state folder")
        terminal.token_file.write_text("the old sign-in")
        assert "you said no in the browser" in requests.get(terminal.address(), timeout=60).text
        assert terminal.code() == 1
        assert "moodkiosk: you said no in the browser; nothing has changed" in terminal.said
        assert terminal.token_file.read_text() == "the old sign-in"


@pytest.mark.parametrize(
    ("player", "status", "noted"),
    [
        ("dry-run", None, "music.player is 'dry-run': nothing is played on Spotify."),
        ("spotify", {"pending": ["still in dry run; music.player changed in the file: 'moodkiosk reload' takes it"]},
         "the running kiosk: still in dry run; music.player changed in the file: 'moodkiosk reload' takes it"),
        ("spotify", {"pending": [], "player": "ready (dry run: nothing is really played)"},
         "the running kiosk: still in dry run: it has read another configuration, restart it"),
        ("spotify", {"pending": [], "player": "ready"}, None),
        ("spotify", {"player": 7, "pending": "odd"}, None),
    ],
)  # fmt: skip
def test_a_kiosk_that_would_not_play_is_noted(player: str, status: object, noted: str | None, tmp_path: Path) -> None:
    """Configured is not running: signed in, the speaker there, and still silence."""
    spotify, place = SpotifySettings(client_id=CLIENT_ID), PathSettings(runtime=str(tmp_path / "run"))
    config = Config(music=MusicSettings(player=player), spotify=spotify, paths=place)  # type: ignore[arg-type]
    running = (
        contextlib.nullcontext() if status is None else ControlDouble(tmp_path / "run" / "control.sock", data=status)
    )
    with running:
        assert login._not_taken(config) == ([] if noted is None else [noted])


def test_ctrl_d_ends_it(tmp_path: Path, api: WebApi, port: int) -> None:
    typed, terminal_side = os.openpty()
    with Terminal(tmp_path, api, port, stdin=terminal_side) as terminal:
        terminal.address()
        os.write(typed, b"\x04")
        assert terminal.code() == 1
        assert "moodkiosk: no answer; nothing has changed" in terminal.said
    os.close(typed)
    os.close(terminal_side)


def test_it_does_not_wait_for_ever(tmp_path: Path, api: WebApi, port: int) -> None:
    with Terminal(tmp_path, api, port, "--seconds", "0.2") as terminal:
        assert terminal.code() == 1
        assert "moodkiosk: no answer within 0.2 s; nothing has changed" in terminal.said


def test_where_the_port_is_taken_the_answer_is_pasted(tmp_path: Path, api: WebApi, port: int) -> None:
    with socket.create_server(("127.0.0.1", port)), Terminal(tmp_path, api, port) as terminal:
        right = terminal.redirected()
        assert f"Port {port} is in use on this machine: the answer has to be pasted." in terminal.said
        terminal.paste(right)
        assert terminal.code() == 0


def test_without_port_and_input_it_ends_at_once(tmp_path: Path, api: WebApi, port: int) -> None:
    with socket.create_server(("127.0.0.1", port)), Terminal(tmp_path, api, port) as terminal:
        terminal.close_input()
        assert terminal.code() == 1
        assert "moodkiosk: no answer; nothing has changed" in terminal.said


def test_without_input_the_browser_still_brings_the_answer(tmp_path: Path, api: WebApi, port: int) -> None:
    with Terminal(tmp_path, api, port) as terminal:
        terminal.close_input()
        requests.get(terminal.address(), timeout=60)
        assert terminal.code() == 0


@pytest.mark.parametrize(
    ("fault", "shown"),
    [
        (Fault("/me$", error(403, "User not registered in the Developer Dashboard")), "add it under User Management"),
        (Fault("/me$", error(403, "Premium required", "PREMIUM_REQUIRED")), "needs Spotify Premium"),
        (Fault("token", error(400, "invalid_grant")), "Spotify refuses the request"),
    ],
    ids=["not registered", "no Premium", "token refused"],
)
def test_an_account_that_cannot_be_used_is_not_kept(
    tmp_path: Path, api: WebApi, port: int, fault: Fault, shown: str
) -> None:
    api.faults.append(fault)
    with Terminal(tmp_path, api, port) as terminal:
        requests.get(terminal.address(), timeout=60)
        assert terminal.code() == 1
        assert shown in terminal.said
        assert not terminal.token_file.exists()


def test_a_code_that_was_used_before_is_refused_in_one_line(tmp_path: Path, api: WebApi, port: int) -> None:
    with Terminal(tmp_path, api, port) as terminal:
        right = terminal.redirected()
        terminal.paste(re.sub("code=[^&]*", "code=code0", right))
        assert terminal.code() == 1
        assert "Spotify does not accept the code" in terminal.said


def test_fewer_permissions_than_needed_are_refused(tmp_path: Path, api: WebApi, port: int) -> None:
    api.scope = "user-read-playback-state"
    with Terminal(tmp_path, api, port) as terminal:
        requests.get(terminal.address(), timeout=60)
        assert terminal.code() == 1
        missing = "user-modify-playback-state, playlist-read-private, playlist-read-collaborative"
        assert f"not everything that is needed was allowed: {missing} is missing; nothing has changed" in terminal.said


def test_a_sign_in_that_cannot_be_proved_just_now_is_kept(tmp_path: Path, api: WebApi, port: int) -> None:
    api.faults.append(Fault("/v1/me", error(429, "slow down", Retry_After="3600"), None))
    with Terminal(tmp_path, api, port) as terminal:
        requests.get(terminal.address(), timeout=60)
        assert terminal.code() == 0
        assert "Whether the speakers are there could not be seen" in terminal.said
        assert terminal.token_file.is_file()


def test_another_account_than_before_is_noted(tmp_path: Path, api: WebApi, port: int) -> None:
    (tmp_path / "state" / "act").mkdir(parents=True)
    (tmp_path / "state" / "act" / "spotify-token.json").write_text(json.dumps(api.sign_in(account="bea")))
    with Terminal(tmp_path, api, port) as terminal:
        requests.get(terminal.address(), timeout=60)
        assert terminal.code() == 0
        assert "another account than before (bea)" in terminal.said


@pytest.fixture
def kitchen(tmp_path: Path) -> Iterator[Sshd]:
    with Sshd(tmp_path / "ssh") as server:
        yield server


def test_over_ssh_with_a_forwarded_port_the_browser_on_the_desktop_brings_the_answer_back(
    tmp_path: Path, api: WebApi, port: int, kitchen: Sshd
) -> None:
    """A real sshd and ssh -L. Both ends are one machine here, so the desktop's port needs a number of its own."""
    desktop = free_port()
    forward = ("-o", "ExitOnForwardFailure=yes", "-L", f"{desktop}:127.0.0.1:{port}", "kitchen")
    with Terminal(tmp_path, api, port, "--seconds", "60", prefix=(*kitchen.command.split(), *forward)) as terminal:
        ends_up_at = terminal.redirected()
        assert ends_up_at.startswith(f"http://127.0.0.1:{port}/callback?")
        assert f"ssh -L {port}:127.0.0.1:{port} {getpass.getuser()}@127.0.0.1\n" in terminal.said
        there = {"Host": f"127.0.0.1:{port}"}
        answer = requests.get(ends_up_at.replace(f":{port}/", f":{desktop}/", 1), headers=there, timeout=10)
        assert (answer.status_code, "Thank you" in answer.text) == (200, True)
        assert terminal.code() == 0
        assert "Signed in as Ana." in terminal.said
        assert terminal.token_file.stat().st_mode & 0o777 == 0o600
        assert json.loads(terminal.token_file.read_text())["refresh_token"] in api.refresh
    assert kitchen.sign_ins == 1
    assert kitchen.forwarded(port) == 1, "it came through the forward"


def test_over_ssh_without_a_forwarded_port_the_answer_is_pasted(
    tmp_path: Path, api: WebApi, port: int, kitchen: Sshd
) -> None:
    command = (*kitchen.command.split(), "kitchen")
    with Terminal(tmp_path, api, port, "--seconds", "60", prefix=command) as terminal:
        terminal.paste(terminal.redirected())
        assert terminal.code() == 0
        assert terminal.token_file.is_file()
    assert kitchen.forwarded(port) == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can leave a file to another user")
def test_root_leaves_the_tokens_to_the_user_of_the_folder(tmp_path: Path, api: WebApi, port: int) -> None:
    (tmp_path / "state" / "act").mkdir(parents=True)
    os.chown(tmp_path / "state" / "act", 12_345, 23_456)
    with Terminal(tmp_path, api, port) as terminal:
        requests.get(terminal.address(), timeout=60)
        assert terminal.code() == 0
        about = terminal.token_file.stat()
        assert (about.st_uid, about.st_gid, about.st_mode & 0o777) == (12_345, 23_456, 0o600)


@pytest.mark.needs("strace")
def test_the_tokens_are_private_from_the_first_byte_and_on_disk_before_they_are_seen(
    tmp_path: Path, api: WebApi, port: int
) -> None:
    trace = tmp_path / "trace"
    watch = ("strace", "-f", "-o", str(trace), "-e", "trace=openat,write,fsync,rename,renameat,renameat2,chmod,fchmod")
    with Terminal(tmp_path, api, port, prefix=watch) as terminal:
        requests.get(terminal.address(), timeout=60)
        assert terminal.code() == 0
        calls = re.sub(r"(?m)^\d+ +", "", trace.read_text())
        folder = re.escape(str(terminal.token_file.parent))
        made = re.search(
            rf'openat\(AT_FDCWD, "({folder}/\.spotify-token\S+)", \S*O_CREAT\|O_EXCL\S*, 0600\) = (\d+)\n', calls
        )
        assert made, calls[-2000:]
        story = calls[made.end() :]
        steps = (
            rf"write\({made[2]}, .*\n",
            rf"fsync\({made[2]}\) += 0\n",
            rf'rename\("{re.escape(made[1])}", "{re.escape(str(terminal.token_file))}"\) = 0\n',
            rf'openat\(AT_FDCWD, "{folder}", \S*O_DIRECTORY\S*\) = (\d+)\n',
            r"fsync\(\d+\) += 0\n",
        )
        for step in steps:
            found = re.search(step, story)
            assert found, (step, story[:2000])
            story = story[found.end() :]
        assert "chmod(" not in calls[made.start() :]


@pytest.mark.parametrize(
    ("text", "arguments", "code", "shown"),
    [
        ("kiosk: {id: k}\n", (), 2, "login needs spotify.client_id"),
        (
            "spotify: {client_id: x}\n",
            (),
            2,
            "expected the app's Client ID, 32 letters and digits, got 1: 'x'",
        ),
        (CLIENT, ("--seconds", "-1"), 2, "--seconds: expected a number above 0, got -1"),
        (CLIENT, ("--seconds", "nan"), 2, "--seconds: expected a number above 0"),
        (CLIENT + "  token_file: /dev/null/token\n", (), 1, "cannot write /dev/null/token"),
    ],
)
def test_what_cannot_work_is_said_before_anybody_signs_in(
    tmp_path: Path, text: str, arguments: tuple[str, ...], code: int, shown: str
) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(text)
    done = subprocess.run(
        [sys.executable, "-m", "moodkiosk", "login", "--config", str(file), *arguments],
        capture_output=True,
        text=True,
        timeout=30,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    assert (done.returncode, shown in done.stderr, done.stderr.count("\n")) == (code, True, 1), done.stderr


@pytest.mark.parametrize(
    "address",
    [
        "",
        "http://127.0.0.1:8912/",
        "http://127.0.0.1:8912/callback",
        "http://127.0.0.1:8912/callback?state=s",
        "http://127.0.0.1:8912/callback?code=c",
        "http://evil.example:8912/callback?code=c&state=s",
        "http://127.0.0.1:99999/callback?code=c&state=s",
    ],
)
def test_only_the_answer_to_this_sign_in_is_taken(address: str) -> None:
    with pytest.raises(WrongAddress):
        code_in(address, 8912, "s")
