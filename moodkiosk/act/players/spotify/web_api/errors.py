"""Everything that can go wrong with the Web API, told apart by what can be done about it. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Literal

from moodkiosk.words.reason import Reason

Kind = Literal[
    "offline",  # no connection, or it broke
    "portal",  # something else than Spotify answered
    "server",  # 5xx
    "garbage",  # an answer that cannot be understood
    "busy",  # 429: keep away for a while
    "token",  # 401: the access token is no longer good
    "grant",  # the refresh token is no longer good
    "sign_in",  # nothing to sign in with
    "refused",  # 403 and other lasting refusals: a person has to change something
    "restricted",  # 403: not now, or not on this speaker
    "no_speaker",  # 404, or the speaker is not in the list
    "not_found",  # the music is not there
    "late",  # the decision took too long
    "replaced",  # a newer decision waits
]

LOGIN = Reason("spotify.login")
DASHBOARD = "developer.spotify.com/dashboard"
TOO_MANY, QUOTA_USED = Reason("spotify.too_many"), Reason("spotify.quota")
BUSY_SECONDS = 60.0
"""How long to keep away when Spotify asks for it without saying how long; doubled while it goes on asking."""
QUOTA_SECONDS = 3600.0
"""The same when the daily quota is used up."""
BUSY_SECONDS_MAX = 7 * 86_400.0
"""No waiting time is believed beyond this."""


class ApiError(Exception):
    """What went wrong.

    Attributes:
        kind: what can be done about it.
        text: what a person is shown.
        retry_after_seconds: for "busy": how long to keep away, None if Spotify did not say.
        passing: the same request may well succeed in a second.
        unclear: the request may have been carried out all the same.
    """

    def __init__(
        self,
        kind: Kind,
        text: str,
        *,
        retry_after_seconds: float | None = None,
        passing: bool = False,
        unclear: bool = False,
    ) -> None:
        super().__init__(text)
        self.kind: Kind = kind
        self.text = text
        self.retry_after_seconds = retry_after_seconds
        self.passing = passing
        self.unclear = unclear


def of_answer(status: int, headers: Mapping[str, str], body: bytes, *, reading: bool) -> ApiError | None:
    """What is wrong with an answer of the Web API or of the accounts service, or None.

    Args:
        status: the HTTP status.
        headers: the answer's headers, found whatever their case.
        body: the content.
        reading: something was asked for, so that what comes must be JSON (after commands there may be anything).
    """
    if 300 <= status < 400 or _is_page(headers, body):
        if status < 400:
            return ApiError("portal", Reason("spotify.hotspot"))
        message, reason, code = "", "", ""
    else:
        message, reason, code = _said(body)
    if status < 300:
        if reading and body and not _is_json(body):
            return ApiError("garbage", Reason("spotify.garbage"), passing=True)
        return None
    if code:
        return _of_accounts(status, code, message)
    if status == 401:
        return ApiError("token", Reason("spotify.not_accepted", do=LOGIN))
    if status == 403:
        return _forbidden(message, reason)
    if status == 404:
        return _not_found(message, reason)
    if status == 429:
        return _busy(headers, message, reason)
    if status >= 500:
        text = Reason("spotify.out_of_order", status=status)
        return ApiError("server", text, passing=status in (500, 502, 503, 504), unclear=True)
    if status == 400 and "uri" in message.lower():
        return ApiError("not_found", Reason("spotify.says", message=message))
    text = Reason("spotify.refuses_because" if message else "spotify.refuses", status=status, message=message)
    return ApiError("refused", text)


def _is_page(headers: Mapping[str, str], body: bytes) -> bool:
    kind = next((value for name, value in headers.items() if name.lower() == "content-type"), "")
    return bool(body) and ("html" in kind.lower() or body.lstrip()[:1] == b"<")


def _is_json(body: bytes) -> bool:
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        return False
    return True


def _said(body: bytes) -> tuple[str, str, str]:
    """The message, the player's reason, and the accounts service's error code; "" where there is none."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return "", "", ""
    error = found.get("error") if isinstance(found, dict) else None
    if isinstance(error, dict):
        return str(error.get("message") or "")[:200], str(error.get("reason") or ""), ""
    if isinstance(error, str):
        return str(found.get("error_description") or "")[:200], "", error[:60]
    return "", "", ""


def _of_accounts(status: int, code: str, message: str) -> ApiError:
    if code == "invalid_grant":
        return ApiError("grant", Reason("spotify.ended", do=LOGIN))
    if code == "invalid_client":
        return ApiError("refused", Reason("spotify.client_id", where=DASHBOARD))
    if status >= 500:
        return ApiError("server", Reason("spotify.accounts_out_of_order", status=status), passing=True)
    text = Reason(
        "spotify.accounts_refuse_because" if message else "spotify.accounts_refuse", code=code, message=message
    )
    return ApiError("refused", text)


def _forbidden(message: str, reason: str) -> ApiError:
    """403 means many things; the reason or the words of the message tell them apart."""
    low = message.lower()
    if "restriction violated" in low or "restricted device" in low:
        return ApiError("restricted", Reason("spotify.restricted", message=message))
    if reason == "PREMIUM_REQUIRED" or "premium" in low:
        key = "spotify.owner_premium" if "owner" in low else "spotify.premium"
        return ApiError("refused", Reason(key, message=message or reason))
    if "not registered" in low or "user management" in low:
        text = Reason("spotify.not_registered", where=DASHBOARD, message=message)
        return ApiError("refused", text)
    if "scope" in low:
        return ApiError("refused", Reason("spotify.scope", do=LOGIN, message=message))
    return ApiError(
        "refused", Reason("spotify.forbidden", message=message or reason or Reason("spotify.without_reason"))
    )


def _not_found(message: str, reason: str) -> ApiError:
    if reason == "NO_ACTIVE_DEVICE" or "device" in message.lower():
        return ApiError("no_speaker", Reason("spotify.speaker_away"))
    return ApiError(
        "not_found", Reason("spotify.not_found_because" if message else "spotify.not_found", message=message)
    )


def _busy(headers: Mapping[str, str], message: str, reason: str) -> ApiError:
    given = next((value for name, value in headers.items() if name.lower() == "retry-after"), "").strip()
    seconds = min(float(given), BUSY_SECONDS_MAX) if given.isascii() and given.isdigit() else None
    if reason == "QUOTA_EXCEEDED" or "quota" in message.lower():
        return ApiError("busy", QUOTA_USED, retry_after_seconds=QUOTA_SECONDS if seconds is None else seconds)
    return ApiError("busy", TOO_MANY, retry_after_seconds=seconds)
