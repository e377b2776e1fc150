"""Codes fixed by standards: the unified social credit code and the administrative region (pure)."""

import re

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100-2015: no I, O, S, V, Z
WEIGHTS = tuple(pow(3, place, 31) for place in range(17))  # GB 32100-2015, Annex: 3^(i-1) mod 31
PLATFORM = "PLATFORM"  # the sign-in code of the platform's administrators: nobody else's
REGION = re.compile(r"\d{2}|\d{4}|\d{6}|\d{9}|\d{12}", re.ASCII)  # GB/T 2260, GB/T 10114


def is_credit_code(text: str) -> bool:
    """Whether 18 characters are a unified social credit code with the right check character. Source: GB 32100-2015."""
    if len(text) != 18 or any(character not in ALPHABET for character in text):
        return False
    total = sum(ALPHABET.index(character) * weight for character, weight in zip(text, WEIGHTS, strict=False))
    return ALPHABET.index(text[17]) == (31 - total % 31) % 31


def is_region_code(text: str) -> bool:
    """Whether a text has the length of a region's code."""
    return bool(REGION.fullmatch(text))
