"""Readings as instruments give them (pure): each near its own usual value, always within the limits of its item."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Any

GASES = ("%LEL", "mg/m³", "mL/m³")  # where nothing leaks, their detectors stand near zero
TRACES = Decimal(2)  # limits up to so many % are of impurities, which good work keeps well below
AIR_LEAST, AIR = Decimal("19.5"), 20.8  # the lower limit of oxygen where people work, and what air has, % by volume


@dataclass(frozen=True)
class Gauge:
    """What one item is read from: where it stands when all is well, how much it wanders, how finely it shows it."""

    least: Decimal
    most: Decimal | None
    around: float
    noise: float
    step: Decimal

    def read(self, chance: Random) -> Decimal:
        """A reading within the limits."""
        value = max(Decimal(str(chance.gauss(self.around, self.noise))).quantize(self.step), self.least)
        return value if self.most is None else min(value, self.most)


def gauge(limits: Mapping[str, Any], chance: Random) -> Gauge:
    """A gauge for an item of these limits {unit, min, max}, one of which may be missing."""
    bounds = [Decimal(limits[name]) for name in ("min", "max") if limits.get(name) is not None]
    least = Decimal(limits["min"]) if limits.get("min") is not None else Decimal(0)
    most = Decimal(limits["max"]) if limits.get("max") is not None else None
    around = _usual(limits["unit"], least, most, chance)
    if least == AIR_LEAST:
        noise = 0.07
    else:
        noise = min(around * 0.3, (float(most - least) if most is not None else around - float(least)) * 0.06)
    return Gauge(least, most, around, noise, _step(float(bounds[-1] - (least if most is not None else 0)), bounds))


def _usual(unit: str, least: Decimal, most: Decimal | None, chance: Random) -> float:
    if least == AIR_LEAST:
        return AIR
    if most is None:
        return float(least) * chance.uniform(1.03, 1.1)
    if unit in GASES:
        return float(most) * chance.uniform(0.02, 0.12)
    if unit == "%" and most <= TRACES:
        return float(most) * chance.uniform(0.15, 0.4)
    if not least:
        return float(most) * chance.uniform(0.5, 0.75)
    return float(least) + float(most - least) * chance.uniform(0.35, 0.65)


def _step(span: float, bounds: list[Decimal]) -> Decimal:
    """The last decimal shown: as fine as the limits are written, and finer where they leave fewer than five steps."""
    decimals = max(max(0, -int(bound.as_tuple().exponent)) for bound in bounds)
    while 0 < span < 5 * 10**-decimals:
        decimals += 1
    return Decimal(1).scaleb(-decimals)
