"""Which signs a point needs: called for by its accident types and by words of its measures, risks and name.

The words of all signs are looked for at once and the longest wins, so that 禁止戴手套 calls for the sign that forbids
gloves and not for the one that demands them. A sign may leave no place for another: where gloves are forbidden, none
are demanded; where oxygen may be lacking, no filter mask. Words may leave out a sign as well: where supplied air is
demanded, for which there is no sign, none shows a mask that protects less.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import zip_longest

from app.printing.signs.catalogue import GENERAL_WARNING, SIGNS, Family, Sign

MOST = 8
"""How many signs a card has room for."""


def choose(accident_types: Iterable[str], texts: Iterable[str], most: int = MOST) -> tuple[Sign, ...]:
    """Choose at most `most` signs: warnings, prohibitions, mandatory and information signs, in this order.

    When more are called for than have a place, the families take turns, each with its best first: by the data's rank,
    then by what calls for them; signs that lead at an accident type come before all others. A warning names what may
    happen, so an accident type counts more for it than a text; the others say what to do, so a text counts more. Where
    there is an accident type there is a warning sign.
    """
    accidents = set(accident_types)
    said = _said(texts)
    calls = {sign: strength for sign in SIGNS.values() if (strength := _strength(sign, accidents, said))}
    if accidents and not any(sign.family is Family.WARNING for sign in calls):
        calls[GENERAL_WARNING] = 1
    out = {key for sign in calls for key in sign.leaves_out}
    out |= {sign.key for sign in calls if sign.never_with & said}
    by_family: dict[Family, list[Sign]] = defaultdict(list)
    for sign in sorted(calls, key=lambda sign: (not sign.leads_at & accidents, sign.rank, -calls[sign])):
        if sign.key not in out:
            by_family[sign.family].append(sign)
    leading = [sign for family in Family for sign in by_family[family] if sign.leads_at & accidents]
    taken = set(list(dict.fromkeys([*leading, *_in_turn(by_family)]))[: max(most, 0)])
    return tuple(sign for family in Family for sign in by_family[family] if sign in taken)


def _strength(sign: Sign, accidents: set[str], said: set[str]) -> int:
    """Tell how strongly a sign is called for, from 0, not at all, to 3, by an accident type and by a text."""
    by_accident, by_text = (2, 1) if sign.family is Family.WARNING else (1, 2)
    called = bool(sign.accidents & accidents and not sign.unless & said)
    return by_accident * called + by_text * bool(sign.words & said)


def _in_turn(by_family: dict[Family, list[Sign]]) -> Iterator[Sign]:
    for turn in zip_longest(*(by_family[family] for family in Family)):
        yield from (sign for sign in turn if sign is not None)


def _said(texts: Iterable[str]) -> set[str]:
    return {word for text in texts for word in _words().findall(text)}


@cache
def _words() -> re.Pattern[str]:
    """Match a word that calls for a sign, the longest where several begin."""
    words = {word for sign in SIGNS.values() for word in sign.words | sign.unless | sign.never_with}
    return re.compile("|".join(map(re.escape, sorted(words, key=lambda word: (-len(word), word)))))
