"""How large the long tests are: small in `make test`, larger in `make deep`, which sets TEST_SIZE=deep."""

import os

DEEP = os.environ.get("TEST_SIZE") == "deep"


def size(quick: int, *, deep: int) -> int:
    """The size of a test for this run."""
    return deep if DEEP else quick


RACES = size(4, deep=150)  # ids, hazards or moves raced for by 16 threads each
FUZZED_REQUESTS = size(1, deep=20)  # examples for each operation, kind and role
MUTATED_PHOTOS = size(300, deep=10_000)
TAMPERS = size(200, deep=2_000)
TOKEN_GUESSES = size(100_000, deep=1_000_000)
TOKENS_CHANGED = size(50, deep=1_000)  # each in every character
RANDOM_PLANTS = size(12, deep=200)
