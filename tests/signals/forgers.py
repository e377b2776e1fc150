"""What forgers do, each kind by itself and some together: 200 records. None of it looks at any threshold."""

from dataclasses import replace
from datetime import timedelta
from math import hypot
from uuid import UUID

from tests.signals.workforce import FIRST_DAY, Point, Record, Works

IMPOSSIBLE = 15.0  # metres a second, in a straight line: nobody in a works moves like that


class Forgers:
    """Those who were not there, or not as they say. Each works on days of his own."""

    def __init__(self, works: Works) -> None:
        self.works, self.chance, self.day = works, works.chance, 0
        self.honest = list(works.records)

    def forge_all(self) -> None:
        """200 forged records, added to the works."""
        self.old_photos(30, exact=True)
        self.old_photos(30, exact=False)
        self.unchanged_after(12)
        for _ in range(6):
            self.from_the_desk(5)
        self.all_at_once(20)
        self.from_home(16)
        self.without_the_code(12)
        self.from_the_gallery(10)
        self.never_finds_anything(40)

    def _one(self, how: str, point: Point | None = None, person: UUID | None = None) -> Record:
        """A check that is honest but for what is done to it next, late in the month."""
        self.day += 1
        moment = FIRST_DAY + timedelta(days=26 + self.day / 40, hours=self.chance.uniform(0, 1))
        record = self.works.check(
            person or self.works.id(), point or self.chance.choice(self.works.points), moment, clock=timedelta()
        )
        record.forged = how
        self.works.records.append(record)
        return record

    def old_photos(self, count: int, *, exact: bool) -> None:
        """A photo somebody took of this gauge before, as it is or as it came out of a chat."""
        sources = [record for record in self.honest if record.point.pictured]
        for source in self.chance.sample(sources, count):
            record = self._one("old photo" if exact else "old photo saved anew", source.point)
            shot = self.works.shots[source.uses[0].sha256]
            record.uses.clear()
            record.visit = replace(record.visit, failed=0)
            self.works.add(record, shot if exact else self.works.sent_on(shot))
            record.exact = exact

    def unchanged_after(self, count: int) -> None:
        """Nothing was mended: the photo of before is sent as that of after."""
        for number in range(count):
            record = self._one("before as after")
            record.visit, record.exact = replace(record.visit, failed=1), number % 2 == 0
            record.uses.clear()
            shot = self.works.shoot(record.point.scene)
            self.works.add(record, shot)
            self.works.put_right(record, shot if record.exact else self.works.sent_on(shot))

    def from_the_desk(self, count: int) -> None:
        """A round without leaving the chair, by photographs of the codes; careful to answer one by one."""
        person, points = self.works.id(), self.chance.sample(self.works.points, count)
        moment = None
        for point in points:
            record = self._one("from the desk", point, person)
            moment = moment or record.visit.client_at
            taken = timedelta(seconds=self.chance.uniform(0.8, 2.5))
            answered = tuple(moment - taken * place for place in range(5, 0, -1))
            record.visit = replace(
                record.visit, client_at=moment, started_at=answered[0], scanned_at=answered[0], scanned_here=True,
                answered=answered, fix=None, received_at=moment + timedelta(seconds=2), failed=0,
            )  # fmt: skip
            record.uses.clear()
            moment += timedelta(seconds=self.chance.uniform(4, 20))

    def all_at_once(self, count: int) -> None:
        """All items by a script or one button; one in four of them with an old photo besides."""
        for number in range(count):
            record = self._one("all at once")
            last = record.visit.client_at
            items = self.chance.randint(4, 12)
            within = self.chance.uniform(0.0, 0.8)
            answered = tuple(last - timedelta(seconds=within * place / items) for place in range(items))
            record.visit = replace(record.visit, answered=answered, failed=0)
            record.uses.clear()
            if number % 4 == 0:
                source = self.chance.choice([one for one in self.honest if one.uses])
                self.works.add(record, self.works.shots[source.uses[0].sha256])
                record.exact = True

    def from_home(self, count: int) -> None:
        """From the control room, the gate or home."""
        for _ in range(count):
            record = self._one("from home")
            away = self.works.off(record.point.at, 300 + self.chance.expovariate(1 / 3000))
            record.visit = replace(record.visit, fix=self.works.place(away, self.chance.uniform(5, 60)))

    def without_the_code(self, count: int) -> None:
        """Not scanned at all, or in the morning for the whole day."""
        for number in range(count):
            record = self._one("without the code")
            earlier = record.visit.client_at - timedelta(hours=self.chance.uniform(0.75, 8))
            record.visit = replace(record.visit, scanned_at=None if number % 2 else earlier, scanned_here=True)

    def from_the_gallery(self, count: int) -> None:
        """A photo new to the product, but taken days or months before."""
        for _ in range(count):
            record = self._one("from the gallery")
            record.visit = replace(record.visit, failed=0)
            taken = record.visit.client_at - timedelta(days=1.2 + self.chance.expovariate(1 / 20))
            record.uses.clear()
            self.works.add(record, self.works.shoot(record.point.scene))
            record.uses = [replace(use, taken_at=taken) for use in record.uses]

    def never_finds_anything(self, count: int) -> None:
        """Walks past the old part of the works and ticks all boxes, day after day."""
        person = self.works.id()
        for number in range(count):
            record = self._one("never finds anything", self.works.points[30 + number % 10], person)
            record.visit = replace(record.visit, failed=0)
            record.uses = [use for use in record.uses if use.subject == record.visit.id]


def impossible(one: Record, other: Record) -> bool:
    """Whether nobody could have been at both, by the distance of the points and the time between alone."""
    metres = hypot(one.point.at[0] - other.point.at[0], one.point.at[1] - other.point.at[1])
    seconds = abs((other.visit.client_at - one.visit.client_at).total_seconds())
    return metres > 200 and metres > IMPOSSIBLE * seconds
