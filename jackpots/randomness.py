"""Draws that anyone can recompute: numbers from a secret that was committed to before it was used.

The number for a message is read from HMAC-SHA256(secret, message + "|" + counter): the digest is four 64-bit
big-endian words, taken in order; a word at or above the largest multiple of n is rejected; after four rejections the
counter goes up by one. The counter starts at 0.
"""

import hmac
import os
from hashlib import sha256
from hmac import compare_digest
from typing import Final

ALGORITHM: Final = "hmac-sha256-64be-1"
SECRET_BYTES: Final = 32
_WORDS: Final = 2**64


def new_secret() -> bytes:
    """A fresh secret from the operating system."""
    return os.urandom(SECRET_BYTES)


def commit(secret: bytes) -> str:
    """What is published before the secret is used: its SHA-256, in hexadecimal."""
    return sha256(secret).hexdigest()


def verify(secret: bytes, commitment: str) -> bool:
    """Whether the revealed secret is the one that was committed to."""
    return compare_digest(commit(secret), commitment)


def draw_prefix(instance_id: str, pot_code: str, cycle: int) -> bytes:
    """The part of the message that stays the same for a whole cycle of a pot."""
    return f"{instance_id}|{pot_code}|{cycle}|".encode()


def draw(secret: bytes, prefix: bytes, contribution_id: str, n: int) -> int:
    """An unbiased number below n, the same one for ever for the same secret, prefix and contribution.

    ValueError unless 1 ≤ n ≤ 2^64. For n = 1 the number is 0, whatever the secret.
    """
    if n == 1:
        return 0
    if not 1 < n <= _WORDS:
        raise ValueError("a draw is made below a bound from 1 to 2^64")
    message = prefix + contribution_id.encode()
    word = int.from_bytes(hmac.digest(secret, message + b"|0", "sha256")[:8], "big")
    limit = _WORDS - _WORDS % n
    if word < limit:
        return word % n
    return _after_rejection(secret, message, n, limit)


def recompute(secret: bytes, message: str, n: int) -> int:
    """The same draw for a whole message, "instance|pot|cycle|contribution id", as a verifier has it."""
    prefix, _, contribution_id = message.rpartition("|")
    return draw(secret, f"{prefix}|".encode(), contribution_id, n)


def _after_rejection(secret: bytes, message: bytes, n: int, limit: int) -> int:
    counter, offset = 0, 8
    while True:
        digest = hmac.digest(secret, message + b"|%d" % counter, "sha256")
        while offset < len(digest):
            word = int.from_bytes(digest[offset : offset + 8], "big")
            if word < limit:
                return word % n
            offset += 8
        counter, offset = counter + 1, 0
