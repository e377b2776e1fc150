"""A made-up works with a month of checks: honest people as they are, and forgers by what they do. All by one seed.

The honest were modelled first and without regard to any rule: they walk, linger, tap fast, lose the network for days,
have phones whose clocks and positions are off, meet torn labels, and photograph the same gauges again and again.
"""

import io
import random
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from math import cos, hypot, radians
from uuid import UUID

from PIL import Image, ImageEnhance

from app.evidence.photos import fine_hash, verified
from app.signals.detecting import Place, Visit
from app.signals.photographs import PhotoUse

FIRST_DAY = datetime(2026, 10, 12, tzinfo=UTC)
SOUTH_WEST = (41.10, 122.04)
METRE = 1 / 111_195  # of a degree of latitude
Position = tuple[float, float]  # metres east and north of the south-west corner


@dataclass
class Point:
    id: UUID
    at: Position
    rate: float  # in how many of its checks something is wrong
    pictured: bool  # its gauge is photographed at every check
    scene: Image.Image


@dataclass
class Shot:
    content: bytes
    sha256: str
    dhash: str
    fine: str


@dataclass
class Record:
    """One check with its photos and, where it found something, the hidden hazard with its own."""

    visit: Visit
    point: Point
    hazard: UUID
    uses: list[PhotoUse] = field(default_factory=list)
    forged: str = ""  # how; empty when honest
    exact: bool = False  # carries a photo that was used before, byte for byte


class Works:
    """Forty points on 1,200 × 800 m, and the checks made of them."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.points = [self._point(number) for number in range(40)]
        self.records: list[Record] = []
        self.shots: dict[str, Shot] = {}

    def id(self) -> UUID:
        return UUID(int=self.chance.getrandbits(128))

    def _point(self, number: int) -> Point:
        worn_out = number >= 30  # the old part of the works, where there is nearly always something
        at = (self.chance.uniform(0, 1200), self.chance.uniform(0, 800))
        coarse = Image.frombytes("L", (10, 8), self.chance.randbytes(80))
        scene = coarse.resize((240, 180), Image.Resampling.BICUBIC).convert("RGB")
        scene.paste("white", (90, 60, 150, 120))  # the dial
        rate = self.chance.uniform(0.15, 0.45) if worn_out else self.chance.uniform(0.0, 0.08)
        return Point(self.id(), at, rate, number % 3 == 0, scene)

    def shoot(self, scene: Image.Image) -> Shot:
        """The scene by hand: never from quite the same place, in quite the same light, or without grain."""
        pick = self.chance.uniform
        zoom, east, north = pick(0.82, 0.98), pick(0, 1), pick(0, 1)
        width, height = scene.width * zoom, scene.height * zoom
        left, top = (scene.width - width) * east, (scene.height - height) * north
        seen = scene.rotate(pick(-4, 4), Image.Resampling.BILINEAR, fillcolor=(128, 128, 128))
        seen = seen.resize((160, 120), Image.Resampling.BILINEAR, box=(left, top, left + width, top + height))
        seen = ImageEnhance.Brightness(seen).enhance(pick(0.6, 1.3))
        light = Image.linear_gradient("L").rotate(self.chance.choice((0, 90, 180, 270))).resize(seen.size)
        seen = Image.blend(seen, light.convert("RGB"), pick(0.0, 0.25))
        return self.saved(Image.blend(seen, Image.effect_noise(seen.size, 30).convert("RGB"), 0.15))

    def saved(self, image: Image.Image, least: int = 70, most: int = 92) -> Shot:
        buffer = io.BytesIO()
        image.save(buffer, "JPEG", quality=self.chance.randint(least, most))
        picture = verified(buffer.getvalue(), most_pixels=1_000_000)
        self.shots[picture.sha256] = Shot(picture.content, picture.sha256, picture.dhash, fine_hash(picture.shown))
        return self.shots[picture.sha256]

    def sent_on(self, shot: Shot) -> Shot:
        """The same picture as it comes out of a chat: smaller, saved anew, perhaps a little brighter."""
        image = Image.open(io.BytesIO(shot.content))
        scale = self.chance.uniform(0.5, 0.95)
        smaller = image.resize((round(image.width * scale), round(image.height * scale)))
        return self.saved(ImageEnhance.Brightness(smaller).enhance(self.chance.uniform(0.95, 1.05)), 45, 80)

    def place(self, at: Position, accuracy: float | None = None) -> Place:
        latitude = SOUTH_WEST[0] + at[1] * METRE
        return Place(latitude, SOUTH_WEST[1] + at[0] * METRE / cos(radians(latitude)), accuracy)

    def off(self, at: Position, metres: float) -> Position:
        east, north = self.chance.gauss(0, 1), self.chance.gauss(0, 1)
        length = hypot(east, north) or 1
        return (at[0] + east / length * metres, at[1] + north / length * metres)

    def check(self, person: UUID, point: Point, arrives: datetime, *, clock: timedelta) -> Record:
        """An honest check, from arriving at the point to pressing the button."""
        chance = self.chance
        scanned = arrives + timedelta(seconds=chance.uniform(2, 60))
        started, moment, answered = scanned, scanned, []
        for _ in range(chance.randint(3, 12)):
            moment += timedelta(seconds=0.6 + chance.lognormvariate(1.6, 0.9))
            answered.append(moment)
        submitted = moment + timedelta(seconds=chance.uniform(1, 40))
        arrived = submitted + self._delay()
        torn = chance.random() < 0.004  # its label cannot be read
        found = chance.random() < point.rate * 0.9
        visit = Visit(
            id=self.id(), person=person, point=point.id, client_at=submitted + clock, received_at=arrived,
            failed=int(found), started_at=started + clock, scanned_at=None if torn else scanned + clock,
            scanned_here=not torn, fix=self._fix(point.at), point_place=self.place(point.at),
            answered=tuple(one + clock for one in answered),
        )  # fmt: skip
        record = Record(visit, point, hazard=self.id())
        if point.pictured or found:
            self.add(record, self.shoot(point.scene), taken=moment + clock)
        if found:
            self.put_right(record, self.shoot(mended(point.scene, chance)))
        return record

    def _delay(self) -> timedelta:
        """Seconds on a good line; hours to days for those who work out of reach."""
        away = self.chance.random() < 0.3
        return timedelta(hours=self.chance.uniform(0.5, 120)) if away else timedelta(seconds=self.chance.uniform(0, 8))

    def _fix(self, at: Position) -> Place | None:
        draw = self.chance.random()
        if draw < 0.15:  # switched off, refused, or under a roof
            return None
        if draw < 0.16:  # by the mast, which says so
            return self.place(self.off(at, self.chance.uniform(100, 1500)), self.chance.uniform(800, 3000))
        return self.place(self.off(at, self.chance.uniform(5, 60)), self.chance.uniform(5, 50))

    def add(self, record: Record, shot: Shot, *, taken: datetime | None = None) -> None:
        """The check names a photo; when it found something, so does the hidden hazard it raised."""
        visit = record.visit
        said = taken if self.chance.random() < 0.7 else None
        if said and self.chance.random() < 0.002:
            said = datetime(2016, 1, 1, tzinfo=UTC)  # an old tablet whose clock was never set
        use = PhotoUse(
            sha256=shot.sha256, subject=visit.id, purpose="found", named_at=visit.received_at, dhash=shot.dhash,
            fine=shot.fine, taken_at=said, earliest=visit.started_at,
            received_at=visit.received_at + timedelta(seconds=30),
        )  # fmt: skip
        record.uses.append(use)
        if visit.failed:
            record.uses.append(replace(use, subject=record.hazard))

    def put_right(self, record: Record, shot: Shot) -> None:
        """The hidden hazard's photo of how it was mended, some days later."""
        at = record.visit.received_at + timedelta(hours=self.chance.uniform(2, 200))
        record.uses.append(PhotoUse(shot.sha256, record.hazard, "rectified", at, shot.dhash, shot.fine, received_at=at))

    def honest_month(self) -> None:
        """Twenty people, five rounds each, ten points a round: a thousand checks."""
        for number in range(20):
            person, clock = self.id(), timedelta(seconds=max(-120, min(120, self.chance.gauss(0, 45))))
            beat = self.points[number % 4 * 10 : number % 4 * 10 + 10]
            pace = self.chance.uniform(0.7, 1.6)  # metres a second
            for day in sorted(self.chance.sample(range(25), 5)):
                moment = FIRST_DAY + timedelta(days=day, hours=self.chance.uniform(0, 9))
                for place, point in enumerate(beat):
                    if place:
                        metres = hypot(point.at[0] - beat[place - 1].at[0], point.at[1] - beat[place - 1].at[1])
                        moment += timedelta(seconds=1.25 * metres / pace)
                    record = self.check(person, point, moment, clock=clock)
                    moment = record.visit.client_at - clock + timedelta(seconds=self.chance.uniform(5, 240))
                    self.records.append(record)


def mended(scene: Image.Image, chance: random.Random) -> Image.Image:
    """The scene after the repair: a part of it looks different."""
    after = scene.copy()
    left, top = chance.randrange(0, 160), chance.randrange(0, 110)
    after.paste(chance.randrange(256) * 0x010101, (left, top, left + 80, top + 70))
    return after
