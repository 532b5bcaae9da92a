"""`moodkiosk web`: under which addresses the page answers, and what it would answer to one, and why."""

from __future__ import annotations

import argparse
import http.client
from urllib.parse import SplitResult, urlsplit

from moodkiosk.act.web.access.security import is_ours, names
from moodkiosk.config import load
from moodkiosk.config.settings import WebSettings
from moodkiosk.failure import UsageError
from moodkiosk.operate.doctor.finding import Finding, print_table

ANSWER_SECONDS = 5.0
EVERY_ADDRESS = ("0.0.0.0", "::", "")
SAYS = {
    200: "the page",
    303: "the sign-in, or the page of who is signed in",
    308: "the same address with a / at its end",
    401: "that somebody has to sign in first",
    403: "a page that says why not",
    404: "that there is nothing here",
}


def main(args: argparse.Namespace) -> int:
    """Prints what was found; 1 if something is in the way. Raises UsageError."""
    settings = load.load(args.config, secrets=False).web
    if args.check is None:
        for address in addresses(settings):
            print(address)
        return 0
    findings = check(settings, _split(args.check))
    print_table(findings)
    return 1 if any(finding.outcome == "failed" for finding in findings) else 0


def addresses(web: WebSettings) -> list[str]:
    """The addresses under which the page answers on this machine's own port."""
    here = [name for name in sorted(names(web.host, web.allowed_hosts)) if name not in EVERY_ADDRESS]
    return [f"http://{f'[{name}]' if ':' in name else name}:{web.port}{web.root_path}/" for name in here]


def check(web: WebSettings, url: SplitResult) -> list[Finding]:
    """What is in the way between this address and the page, if anything, and what the running page answers."""
    findings = [_enabled(web), _name(web, url), _reach(web, url), _path(web, url)]
    if web.enabled:
        findings.append(_answer(web, url))
    return findings


def _split(given: str) -> SplitResult:
    url = urlsplit(given if "://" in given else f"http://{given}")
    try:
        port_is_a_number = url.port is None or url.port > 0
    except ValueError:
        port_is_a_number = False
    if url.scheme not in ("http", "https") or not url.hostname or not port_is_a_number:
        raise UsageError(f"--check: expected an address such as http://kiosk.local:8080/, got {given!r}")
    return url


def _enabled(web: WebSettings) -> Finding:
    if web.enabled:
        return Finding("page", "ok", f"is switched on, listens on {web.host} port {web.port}")
    return Finding("page", "failed", "is switched off", "web.enabled: true")


def _name(web: WebSettings, url: SplitResult) -> Finding:
    host = url.hostname or ""
    if is_ours(host, names(web.host, web.allowed_hosts), any_address=web.host not in load.LOOPBACK):
        return Finding("name", "ok", f"{host} is one of the kiosk's names")
    return Finding("name", "failed", f"the kiosk does not know the name {host}", f"web.allowed_hosts: [{host}]")


def _reach(web: WebSettings, url: SplitResult) -> Finding:
    """Whether a browser on another machine gets here without a proxy."""
    ports = {"http": 80, "https": 443}
    port = url.port or ports[url.scheme]
    if url.scheme == "https" or (port != web.port and web.port != 0):
        return Finding("way", "note", f"a proxy must pass {url.scheme} port {port} on to {web.host} port {web.port}",
                       "it must pass the Host it was called by")  # fmt: skip
    if web.host in load.LOOPBACK and url.hostname not in load.LOOPBACK:
        advice = "web.host: 0.0.0.0, and a password: sudo moodkiosk web-password"
        return Finding("way", "failed", "the page is for this machine only", advice)
    return Finding("way", "ok", f"the kiosk listens on port {web.port} itself")


def _path(web: WebSettings, url: SplitResult) -> Finding:
    path = url.path or "/"
    if web.root_path and not f"{path}/".startswith(f"{web.root_path}/"):
        advice = "call it under that path, unless the proxy takes it away: then leave web.root_path empty"
        return Finding("path", "note", f"web.root_path is {web.root_path}, the address has {path}", advice)
    below = path.removeprefix(web.root_path) if web.root_path else path
    if below not in ("", "/"):
        advice = f"web.root_path: {path.rstrip('/')}, unless the proxy takes it away"
        return Finding("path", "note", f"the page is at {web.root_path}/, the address has {path}", advice)
    return Finding("path", "ok", f"{path} is the page")


def _answer(web: WebSettings, url: SplitResult) -> Finding:
    """Asks the page that is running here, by the name in the address."""
    here = "127.0.0.1" if web.host in EVERY_ADDRESS else web.host
    line = http.client.HTTPConnection(here, web.port, timeout=ANSWER_SECONDS)
    try:
        line.request("GET", url.path or "/", headers={"Host": url.netloc.rpartition("@")[2], "Accept": "text/html"})
        status = line.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        return Finding("answer", "note", f"no page answers on {here} port {web.port}: {error}", "is the kiosk running?")
    finally:
        line.close()
    said = f"{status}: {SAYS.get(status, 'something else')}"
    return Finding("answer", "ok" if status in (200, 303, 308) else "failed", said)
