"""Writes sound as FLAC (RFC 9639), with tags: mono, 16 bits, fixed and linear predictors, Rice codes. Anybody reads it.

Our own, because a kiosk has no encoder, and its bytes are the same wherever the sound is.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from moodkiosk.operate.tunes.linear import ORDER as LINEAR_ORDER
from moodkiosk.operate.tunes.linear import PRECISION_BITS, predict

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Pieces = list[NDArray[np.uint8]]

BLOCK = 4096
BITS = 16
ORDERS = range(5)
PARTITION_ORDER = 4
RICE_LIMIT = 14
"""Of the parameter: 15 says something else."""


def encode(samples: NDArray[np.int16], rate_hz: int, tags: Iterable[tuple[str, str]]) -> bytes:
    """The file. `rate_hz`: at most 65,535. `tags`: names such as TITLE, as often as needed, with their values."""
    frames = [
        _frame(samples[start : start + BLOCK].astype(np.int64), start // BLOCK)
        for start in range(0, len(samples), BLOCK)
    ]
    return b"fLaC" + _stream_info(samples, rate_hz) + _comment(tags) + b"".join(frames)


def _stream_info(samples: NDArray[np.int16], rate_hz: int) -> bytes:
    """Section 8.2: sizes of blocks and (unknown) frames, rate, channels, bits, length, and a digest of the sound."""
    packed = rate_hz << 44 | (1 - 1) << 41 | (BITS - 1) << 36 | len(samples)
    body = struct.pack(">HH", BLOCK, BLOCK) + bytes(6) + struct.pack(">Q", packed)
    body += hashlib.md5(samples.astype("<i2").tobytes(), usedforsecurity=False).digest()
    return bytes([0]) + len(body).to_bytes(3, "big") + body


def _comment(tags: Iterable[tuple[str, str]]) -> bytes:
    """Section 8.6: a Vorbis comment, the last block before the sound."""
    lines = [f"{name}={value}".encode() for name, value in tags]
    body = struct.pack("<I", 9) + b"moodkiosk" + struct.pack("<I", len(lines))
    body += b"".join(struct.pack("<I", len(line)) + line for line in lines)
    return bytes([0x80 | 4]) + len(body).to_bytes(3, "big") + body


def _frame(block: NDArray[np.int64], number: int) -> bytes:
    """Section 9: the header with its CRC-8, one subframe, the CRC-16 of all of it."""
    full = len(block) == BLOCK
    # The block's size: 4096, or in 16 bits behind the number. The rate (0) is in the stream's info; mono; 16 bits.
    head = bytes([0xFF, 0xF8, 0xC0 if full else 0x70, 0x08]) + _utf8(number)
    head += b"" if full else struct.pack(">H", len(block) - 1)
    head += bytes([_crc(head, CRC_8, 8)])
    body = head + np.packbits(_subframe(block)).tobytes()
    return body + struct.pack(">H", _crc(body, CRC_16, 16))


def _subframe(block: NDArray[np.int64]) -> NDArray[np.uint8]:
    """Section 9.2, as bits: the predictor that takes least, its first samples, the rest as Rice codes."""
    wasted = _wasted(block)
    block = block >> wasted
    candidates = [np.diff(block, order) for order in ORDERS if order < len(block)]
    order = min(range(len(candidates)), key=lambda it: int(np.abs(candidates[it]).sum()))
    subframes = [_predicted(block, wasted, 8 + order, [], candidates[order])]
    if (linear := predict(block)) is not None:
        how = [_bits(PRECISION_BITS - 1, 4), _bits(linear.shift, 5)]
        how += [_bits(it & (1 << PRECISION_BITS) - 1, PRECISION_BITS) for it in linear.coefficients]
        subframes.append(_predicted(block, wasted, 32 + LINEAR_ORDER - 1, how, linear.residual))
    return min(subframes, key=len)


def _predicted(
    block: NDArray[np.int64], wasted: int, kind: int, how: Pieces, residual: NDArray[np.int64]
) -> NDArray[np.uint8]:
    """One subframe: its `kind` (table 19), the first samples, how the others are foreseen, what is left."""
    order = len(block) - len(residual)
    partition_order = PARTITION_ORDER if len(block) == BLOCK else 0
    pieces = [_bits(kind << 1 | (wasted > 0), 8), _bits(1, wasted)]
    pieces += [_bits(int(it) & 0xFFFF, BITS - wasted) for it in block[:order]]
    pieces += [*how, _bits(partition_order, 2 + 4)]  # method 0: parameters of 4 bits
    size = len(block) >> partition_order
    cuts = [size * part - order for part in range(1, 1 << partition_order)]
    for part in np.split(residual, cuts):
        pieces += _rice(part)
    return np.concatenate(pieces)


def _wasted(block: NDArray[np.int64]) -> int:
    """How many of the lowest bits are 0 in all samples; they are left out."""
    used = int(np.bitwise_or.reduce(block))
    return (used & -used).bit_length() - 1 if used else 0


def _rice(values: NDArray[np.int64]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Section 9.2.7: the parameter, then each value: how often 2^parameter goes into it in unary, the rest binary."""
    folded = np.where(values >= 0, 2 * values, -2 * values - 1)
    mean = float(folded.mean()) if len(folded) else 0.0
    parameter = min(RICE_LIMIT, max(0, int(mean * 0.7 + 1).bit_length() - 1))
    often = folded >> parameter
    ends = np.cumsum(often + 1 + parameter)
    bits = np.zeros(int(ends[-1]) if len(ends) else 0, np.uint8)
    bits[ends - parameter - 1] = 1
    for bit in range(parameter):
        bits[ends - 1 - bit] = folded >> bit & 1
    return _bits(parameter, 4), bits


def _bits(value: int, width: int) -> NDArray[np.uint8]:
    return np.array([value >> bit & 1 for bit in reversed(range(width))], np.uint8)


def _utf8(number: int) -> bytes:
    """A number coded as UTF-8 codes a character (section 9.1.5); enough for two million frames."""
    return chr(number).encode("utf-8", "surrogatepass")


def _table(polynomial: int, width: int) -> tuple[int, ...]:
    def entry(value: int) -> int:
        value <<= width - 8
        for _ in range(8):
            value = value << 1 ^ (polynomial if value >> (width - 1) & 1 else 0)
        return value & (1 << width) - 1

    return tuple(entry(value) for value in range(256))


CRC_8, CRC_16 = _table(0x07, 8), _table(0x8005, 16)


def _crc(raw: bytes, table: tuple[int, ...], width: int) -> int:
    found, mask = 0, (1 << width) - 1
    for byte in raw:
        found = (found << 8 & mask) ^ table[found >> (width - 8) ^ byte]
    return found
