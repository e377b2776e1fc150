"""When two photos show the same (pure): their dhashes differ in few bits, so that they share a quarter of them."""

BITS = 64
QUARTERS = 4  # of 16 bits: two dhashes that differ in at most three bits have one in common
WITHIN = 3  # bits by which a photo saved anew, smaller or at another quality, still differs from itself
FINE_WITHIN = 12  # of 256 bits, a twentieth: saved anew it stays below, the same thing photographed again does not
FLAT = "0" * 16  # no pixel is brighter than its neighbour: a lens cap, a sheet of paper


def bands_of(dhash: str) -> list[str]:
    """The quarters of a dhash, each with its place, as in 0ab12; none of a flat picture, which is like any other."""
    if dhash == FLAT:
        return []
    width = len(dhash) // QUARTERS
    return [f"{place}{dhash[place * width : (place + 1) * width]}" for place in range(QUARTERS)]


def distance(one: str, other: str) -> int:
    """In how many of 64 bits two dhashes differ; flat pictures tell nothing and are as far apart as can be."""
    if FLAT in (one, other):
        return BITS
    return (int(one, 16) ^ int(other, 16)).bit_count()
