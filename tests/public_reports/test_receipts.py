"""The receipt code: as many random bits as are needed, the same each time, and read however people copy it."""

import hashlib
import secrets
from uuid import UUID

import pytest

from app.core.ids import new_id
from app.public_reports import receipts

ID = UUID("019a3c5e-7c1e-7000-8000-0000000000a1")
SECRET = "q4mB0dS9fXv2Zr7KpW1yTg"
RECEIPT = receipts.receipt_of(ID, SECRET)


def test_a_code_is_a_hundred_bits_and_the_same_for_the_same_report() -> None:
    assert len(RECEIPT) * 5 == 100
    assert receipts.receipt_of(ID, SECRET) == RECEIPT
    others = {receipts.receipt_of(new_id(), SECRET), receipts.receipt_of(ID, SECRET + "x")}
    assert RECEIPT not in others
    assert len({receipts.receipt_of(ID, secrets.token_urlsafe(24)) for _ in range(2000)}) == 2000


def test_anyone_can_make_the_code_out_of_the_id_and_the_secret() -> None:
    """So a client can tell a receipt from what a gateway answered; the alphabet is that of RFC 4648."""
    bits = f"{int.from_bytes(hashlib.sha256(f'{ID}:{SECRET}'.encode()).digest()):0256b}"
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    made = "".join(alphabet[int(bits[start : start + 5], 2)] for start in range(0, 100, 5))
    assert made == RECEIPT


@pytest.mark.parametrize(
    "typed",
    [
        RECEIPT,
        receipts.written(RECEIPT),
        receipts.written(RECEIPT).lower(),
        f" {RECEIPT[:7]} {RECEIPT[7:]}\n",
        RECEIPT.replace("O", "0").replace("I", "1").replace("B", "8"),
        receipts.written(RECEIPT).replace("-", "—"),
    ],
)
def test_a_code_is_read_however_it_was_copied(typed: str) -> None:
    assert receipts.as_read(typed) == RECEIPT


@pytest.mark.parametrize("typed", ["", "-", RECEIPT[:-1], RECEIPT + "A", "９" * 20, "甲" * 20, "9" * 20, "\x00" * 20])
def test_what_is_no_code_is_read_as_none(typed: str) -> None:
    assert receipts.as_read(typed) == ""


def test_what_is_kept_leads_back_to_neither_code_nor_file() -> None:
    sha256 = "a" * 64
    assert RECEIPT not in receipts.kept(RECEIPT)
    assert receipts.mark(RECEIPT, sha256) not in (sha256, receipts.mark(RECEIPT[::-1], sha256))
