"""The only way to Spotify: a `requests` session that keeps the rules spotipy has none for.

Every request is counted, keeps to the rate limit, ends by the decision's deadline whatever the network does, is never
repeated and never sleeps. Every answer is judged here, so that what comes back through spotipy is either good or a
ApiError.
"""

from __future__ import annotations

import contextlib
import io
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import requests
import urllib3

from moodkiosk.act.players.spotify.web_api.errors import ApiError, of_answer
from moodkiosk.act.players.spotify.web_api.rate_limit import RateLimit
from moodkiosk.words.reason import Reason

ANSWER_LIMIT_BYTES = 4 * 1024 * 1024
"""No answer that is used here comes near this."""


class ApiSession(requests.Session):
    """A session that obeys a rate limit and a deadline.

    Attributes:
        rate_limit: keeps requests back.
        deadline: monotonic seconds by which every request has ended.
        superseded: whether a newer decision waits; then no further request is sent.
    """

    def __init__(
        self, rate_limit: RateLimit, monotonic: Callable[[], float], count: Callable[[], None], timeout_seconds: float
    ) -> None:
        super().__init__()
        self.deadline = 0.0
        self.superseded: Callable[[], bool] = lambda: False
        self.rate_limit = rate_limit
        self._monotonic = monotonic
        self._count = count
        self._timeout_seconds = timeout_seconds

    def left(self) -> float:
        """Seconds to the deadline. Raises ApiError when there are none, or a newer decision waits."""
        if self.superseded():
            raise ApiError("replaced", Reason("spotify.replaced"))
        if (seconds := self.deadline - self._monotonic()) <= 0:
            raise ApiError("late", Reason("spotify.late"))
        return seconds

    def request(self, method: str | bytes, url: str | bytes, **options: Any) -> requests.Response:  # type: ignore[override] # only spotipy calls it, with these
        """Sends one request. Raises ApiError for all but a good answer."""
        self.rate_limit.check()
        seconds = self.left()
        self._count()
        options |= {
            "timeout": min(self._timeout_seconds, seconds),
            "allow_redirects": False,  # the Web API has none; a hotspot has
            "stream": True,
        }
        response = self._within(seconds, method, url, options)
        error = of_answer(response.status_code, response.headers, response.content, reading=method == "GET")
        if error is None:
            return response
        if error.kind == "busy":
            self.rate_limit.close(error)
            self.rate_limit.check()
        raise error

    def _within(
        self, seconds: float, method: str | bytes, url: str | bytes, options: dict[str, Any]
    ) -> requests.Response:
        """Sends in a thread of its own: looking up a name, or an answer that trickles, knows no time limit."""
        result: Future[requests.Response] = Future()
        begun: list[Any] = []

        def send() -> None:
            try:
                response = requests.Session.request(self, method, url, **options)
                begun.append(response.raw)
                response.raw = io.BytesIO(response.raw.read(ANSWER_LIMIT_BYTES, decode_content=True))
                result.set_result(response)
            except BaseException as error:  # noqa: BLE001 - it is raised in the thread that waits
                result.set_exception(error)

        threading.Thread(target=send, name="spotify-request", daemon=True).start()
        try:
            return result.result(seconds)
        except TimeoutError:
            for raw in begun:
                with contextlib.suppress(ValueError, RuntimeError, OSError):  # it has just ended by itself
                    raw.shutdown()  # ends the read in the other thread
            raise ApiError("late", Reason("spotify.late"), unclear=True) from None
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            raise offline(error) from None


def offline(error: Exception) -> ApiError:
    """What a broken or missing connection means, in words."""
    text = repr(error)
    if isinstance(error, requests.exceptions.SSLError):
        return ApiError("offline", Reason("spotify.certificate"))
    if "NameResolutionError" in text or "getaddrinfo" in text:
        return ApiError("offline", Reason("spotify.no_name"))
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return ApiError("offline", Reason("spotify.no_connection"))
    if isinstance(error, requests.exceptions.Timeout | urllib3.exceptions.TimeoutError):
        return ApiError("offline", Reason("spotify.silent"), unclear=True)
    if "NewConnectionError" in text:
        return ApiError("offline", Reason("spotify.connection_refused"))
    return ApiError("offline", Reason("spotify.broke_off"), passing=True, unclear=True)
