"""How numbers are read and written: exact decimals, never binary floats."""

import re
from decimal import Context, Decimal, Inexact, InvalidOperation

# A product of scale values is never rounded: a factor has at most 18 digits and a profile at most six factors.
EXACT = Context(prec=200, traps=[Inexact, InvalidOperation])

_NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")


def read_number(given: object) -> Decimal | None:
    """Return the exact number a text, int or Decimal states, or None when it is no non-negative plain number.

    Binary floats and booleans are numbers by accident only and give None, as do exponents, signs and more than nine
    digits on either side of the point.
    """
    if isinstance(given, bool | float):
        return None
    if isinstance(given, int):
        return Decimal(given) if 0 <= given < 10**9 else None
    if isinstance(given, Decimal):
        given = plain(given) if given.is_finite() and len(given.as_tuple().digits) <= 40 else ""
    if not isinstance(given, str) or not _NUMBER.fullmatch(given.strip()):
        return None
    return canonical(Decimal(given.strip()))


def canonical(number: Decimal) -> Decimal:
    """Return the same number without trailing zeros and without an exponent: 5.0 becomes 5, 1E+2 becomes 100."""
    return Decimal(plain(number))


def plain(number: Decimal) -> str:
    """Write a number as people do: 0.5, 100."""
    return format(number.normalize(EXACT), "f")
