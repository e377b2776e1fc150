"""The receipt code of a report (pure): how it is made, written, read again, and kept as a hash alone.

The client makes the report's id and a secret, the code follows from the two: so a repeat is given the same code though
nothing is stored that it could be read from, and a client can tell a real receipt from the answer of some gateway.
"""

import base64
import hashlib
import re
from uuid import UUID

LENGTH = 20  # characters of base32: 100 bits
READ_AS = str.maketrans({"0": "O", "1": "I", "8": "B"})  # digits base32 does not have, as people copy them


def receipt_of(report_id: UUID, secret: str) -> str:
    """The first 100 bits of SHA-256 over "id:secret", in base32 of 20 characters."""
    return base64.b32encode(hashlib.sha256(f"{report_id}:{secret}".encode()).digest())[:LENGTH].decode()


def written(receipt: str) -> str:
    """The code as people copy it: ABCDE-FGHIJ-KLMNO-PQRST."""
    return "-".join(receipt[start : start + 5] for start in range(0, LENGTH, 5))


def as_read(text: str) -> str:
    """The code someone typed, whatever the case and the spaces or dashes between; empty when it is none."""
    plain = re.sub(r"[\s\-—–－]", "", text).upper().translate(READ_AS)
    return plain if re.fullmatch(r"[A-Z2-7]{20}", plain, re.ASCII) else ""


def kept(receipt: str) -> str:
    """What is stored of a code: its SHA-256."""
    return hashlib.sha256(receipt.encode()).hexdigest()


def mark(receipt: str, sha256: str) -> str:
    """By what an announced photo is known again: without the receipt it leads back to no file on anyone's phone."""
    return hashlib.sha256(f"{receipt}:{sha256}".encode()).hexdigest()
