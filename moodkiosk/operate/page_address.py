"""`moodkiosk web`: under which addresses the page answers, and what it would answer to one, and why."""

from __future__ import annotations

import argparse
import http.client
from urllib.parse import SplitResult, urlsplit

from moodkiosk.act.web.access.security import is_ours, names
from moodkiosk.config import load
from moodkiosk.config.languages import reader
from moodkiosk.config.settings import WebSettings
from moodkiosk.failure import UsageError
from moodkiosk.operate.doctor.finding import Finding, print_table
from moodkiosk.words.reason import Reason, together
from moodkiosk.words.system import system

ANSWER_SECONDS = 5.0
NOT_FOUND, WELL = 404, (200, 303, 308)
EVERY_ADDRESS = ("0.0.0.0", "::", "")
SAYS = {
    200: Reason("address.says_page"),
    303: Reason("address.says_sign_in"),
    308: Reason("address.says_slash"),
    401: Reason("address.says_first"),
    403: Reason("address.says_why_not"),
    404: Reason("address.says_nothing"),
}


def main(args: argparse.Namespace) -> int:
    """Prints what was found; 1 if something is in the way. Raises UsageError."""
    config = load.load(args.config, secrets=False)
    settings = config.web
    if args.check is None:
        for address in addresses(settings):
            print(address)
        return 0
    findings = check(settings, _split(args.check))
    print_table(findings, reader(config.kiosk.language))
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
        raise UsageError(Reason("address.expected", given=repr(given)))
    return url


def _enabled(web: WebSettings) -> Finding:
    if web.enabled:
        return Finding("page", "ok", Reason("address.on", host=web.host, port=web.port))
    return Finding("page", "failed", Reason("address.off"), "web.enabled: true")


def _name(web: WebSettings, url: SplitResult) -> Finding:
    host = url.hostname or ""
    if is_ours(host, names(web.host, web.allowed_hosts), any_address=web.host not in load.LOOPBACK):
        return Finding("name", "ok", Reason("address.name", host=host))
    return Finding("name", "failed", Reason("address.no_name", host=host), f"web.allowed_hosts: [{host}]")


def _reach(web: WebSettings, url: SplitResult) -> Finding:
    """Whether a browser on another machine gets here without a proxy."""
    ports = {"http": 80, "https": 443}
    port = url.port or ports[url.scheme]
    if url.scheme == "https" or (port != web.port and web.port != 0):
        text = Reason("address.proxy", scheme=url.scheme, port=port, host=web.host, own=web.port)
        return Finding("way", "note", text, Reason("address.proxy_do"))
    if web.host in load.LOOPBACK and url.hostname not in load.LOOPBACK:
        return Finding("way", "failed", Reason("address.own_machine"), Reason("address.own_machine_do"))
    return Finding("way", "ok", Reason("address.itself", port=web.port))


def _path(web: WebSettings, url: SplitResult) -> Finding:
    path = url.path or "/"
    if web.root_path and not f"{path}/".startswith(f"{web.root_path}/"):
        text = Reason("address.root_path", wanted=web.root_path, path=path)
        return Finding("path", "note", text, Reason("address.root_path_do"))
    below = path.removeprefix(web.root_path) if web.root_path else path
    if below not in ("", "/"):
        text = Reason("address.another_path", wanted=f"{web.root_path}/", path=path)
        return Finding("path", "note", text, Reason("address.another_path_do", path=path.rstrip("/")))
    return Finding("path", "ok", Reason("address.path", path=path))


def _answer(web: WebSettings, url: SplitResult) -> Finding:
    """Asks the page that is running here, by the name in the address.

    Under a path that a proxy takes away the page itself has nothing: then it is asked as that proxy would.
    """
    here = "127.0.0.1" if web.host in EVERY_ADDRESS else web.host
    try:
        status = _status(here, web.port, url, url.path or "/")
        own = _status(here, web.port, url, f"{web.root_path}/") if status == NOT_FOUND else status
    except (OSError, http.client.HTTPException) as error:
        text = Reason(
            "address.no_answer",
            host=here,
            port=web.port,
            reason=system(error) if isinstance(error, OSError) else str(error),
        )
        return Finding("answer", "note", text, Reason("address.no_answer_do"))
    said = Reason("address.answer", status=status, what=SAYS.get(status, Reason("address.says_other")))
    if own in WELL and status == NOT_FOUND:
        below = Reason("address.answer_own", path=f"{web.root_path}/", status=own, what=SAYS[own])
        return Finding("answer", "note", together([said, below]))
    return Finding("answer", "ok" if status in WELL else "failed", said)


def _status(host: str, port: int, url: SplitResult, path: str) -> int:
    """What the page says to a path, called by the name in the address. Raises OSError, HTTPException."""
    line = http.client.HTTPConnection(host, port, timeout=ANSWER_SECONDS)
    try:
        line.request("GET", path, headers={"Host": url.netloc.rpartition("@")[2], "Accept": "text/html"})
        return line.getresponse().status
    finally:
        line.close()
