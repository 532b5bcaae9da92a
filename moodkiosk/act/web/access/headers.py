"""The headers that every answer of the page has: what a browser may do with it, and from where it may be shown."""

from __future__ import annotations

import base64
import hashlib
import re

# CSP level 3. Everything comes from here, and nothing is inline.
HEADERS: dict[bytes, bytes] = {
    b"content-security-policy": b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    b"connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    b"require-trusted-types-for 'script'; trusted-types 'none'",
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    # Not "no-referrer": with it, browsers hide the origin of our own sign-in form.
    b"referrer-policy": b"same-origin",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"permissions-policy": b"camera=(), microphone=(), geolocation=()",
    b"cache-control": b"no-store",
}


def headers(framed_by: tuple[str, ...]) -> dict[bytes, bytes]:
    """`HEADERS`, for a page that these sites may show in a frame."""
    if not framed_by:
        return HEADERS
    # X-Frame-Options knows no list; browsers that know frame-ancestors go by that (CSP level 3, 6.4.2.1).
    kept = {key: value for key, value in HEADERS.items() if key != b"x-frame-options"}
    policy = HEADERS[b"content-security-policy"]
    allowed = b"frame-ancestors " + " ".join(framed_by).encode()
    return kept | {b"content-security-policy": policy.replace(b"frame-ancestors 'none'", allowed)}


def policy_with_style(page: bytes) -> bytes:
    """The policy for a page that stands alone: its own style, known by its hash, nothing else (CSP level 3, 8.4)."""
    styles = re.findall(rb"(?s)<style>(.*?)</style>", page)
    hashes = b" ".join(b"'sha256-%s'" % base64.b64encode(hashlib.sha256(style).digest()) for style in styles)
    return (
        b"default-src 'none'; style-src %s; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
        b"require-trusted-types-for 'script'; trusted-types 'none'" % (hashes or b"'none'")
    )
