"""SHA-256 by Python's own code, as `random` of the standard library takes its hash.

`hashlib` loads OpenSSL for it, whose library alone is 3.5 MB of memory in a process that has no other use for it.
"""

from __future__ import annotations

try:
    from _sha2 import sha256  # type: ignore[import-not-found, unused-ignore]  # CPython from 3.12 on
except ImportError:
    try:
        from _sha256 import sha256  # type: ignore[import-not-found, unused-ignore]  # CPython 3.11
    except ImportError:  # a Python that was built without
        from hashlib import sha256


def sha256_hex(data: bytes) -> str:
    """The SHA-256 of data (FIPS 180-4), hexadecimal."""
    digest: str = sha256(data).hexdigest()
    return digest
