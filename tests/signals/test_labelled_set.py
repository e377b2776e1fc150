"""A thousand honest and two hundred forged records, labelled by how they were made, put before the detectors.

What it can show: that the rules find each way of forging that is modelled here, that none of them hangs on a signal the
honest give off too, and that honest noise of the kinds modelled (late arrival, drifting positions and clocks, torn
labels, the same gauge photographed again and again) is seldom pointed at. What it cannot show: that real people behave
like this. The photos are made-up scenes of 160 × 120 pixels, the honest noise is guessed from experience, and a forger
who knows the rules and takes an hour for them (walks the round, scans, takes fresh photos of nothing) leaves nothing to
find. The figures say how well the rules fit this model, not how many forgers an enterprise has.
"""

from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from uuid import UUID

from app.evidence.alike import bands_of
from app.signals import detecting, photographs
from app.signals.detecting import Found, Rate
from app.signals.photographs import PhotoUse
from app.signals.terms import SignalKind
from tests.signals.forgers import Forgers, impossible
from tests.signals.workforce import Record, Works


@cache
def month(seed: int = 20261121) -> tuple[tuple[Record, ...], dict[UUID, tuple[Found, ...]]]:
    """The records and, by record, what the detectors found of its check or its hidden hazard."""
    works = Works(seed)
    works.honest_month()
    Forgers(works).forge_all()
    record_of = {subject: one for one in works.records for subject in (one.visit.id, one.hazard)}
    found: dict[UUID, list[Found]] = defaultdict(list)
    for signal in (*of_walks(works.records), *of_photos(works.records)):
        found[record_of[signal.subject].visit.id].append(signal)
    return tuple(works.records), {record: tuple(signals) for record, signals in found.items()}


def of_walks(records: list[Record]) -> Iterator[Found]:
    """What the checks themselves give away."""
    made: dict[UUID, dict[UUID, list[int]]] = defaultdict(lambda: defaultdict(list))
    for record in records:
        made[record.point.id][record.visit.person].append(record.visit.failed)
    by_person = defaultdict(list)
    for record in records:
        by_person[record.visit.person].append(record.visit)
    for person, visits in by_person.items():
        visits.sort(key=lambda visit: visit.client_at)
        others = {
            point: [failed for other, all_of in by.items() if other != person for failed in all_of]
            for point, by in made.items()
        }
        rates = {point: Rate(len(failed), sum(failed)) for point, failed in others.items()}
        yield from detecting.impossible_speed(visits)
        yield from detecting.all_normal_streak(visits, rates)
        for visit in visits:
            yield from detecting.of_visit(visit)


def of_photos(records: list[Record]) -> Iterator[Found]:
    """What their photos give away, looked up by quarters of the dhash as the product does."""
    uses: dict[str, list[PhotoUse]] = defaultdict(list)
    sharing: dict[str, set[str]] = defaultdict(set)
    for use in sorted((use for record in records for use in record.uses), key=lambda use: use.named_at):
        uses[use.sha256].append(use)
        for band in bands_of(use.dhash or ""):
            sharing[band].add(use.sha256)
    related = {record.visit.id: {record.hazard} for record in records}
    related |= {record.hazard: {record.visit.id} for record in records}
    for made in uses.values():
        yield from photographs.photo_reused(made, related)
        near = {sha256 for band in bands_of(made[0].dhash or "") for sha256 in sharing[band]}
        others = [other for sha256 in near for other in uses[sha256]]
        for use in made:
            yield from photographs.photo_alike(use, others, related)
            yield from photographs.photo_times_disagree(use)
    for record in records:
        yield from photographs.before_after_alike([use for use in record.uses if use.subject == record.hazard])


def kinds(found: dict[UUID, tuple[Found, ...]], record: Record) -> set[SignalKind]:
    return {signal.kind for signal in found.get(record.visit.id, ())}


def test_the_set_is_a_thousand_honest_and_two_hundred_forged_records() -> None:
    records, _ = month()
    assert sum(not record.forged for record in records) == 1000
    assert sum(bool(record.forged) for record in records) == 200


def test_every_exact_reuse_of_a_photo_is_found() -> None:
    records, found = month()
    reused = [record for record in records if record.exact]
    assert len(reused) > 30
    assert all(SignalKind.PHOTO_REUSED in kinds(found, record) for record in reused)


def test_every_impossible_speed_is_found() -> None:
    records, found = month()
    desk = [record for record in records if record.forged == "from the desk"]
    pairs = [
        (one, other)
        for one, other in pairwise(desk)
        if one.visit.person == other.visit.person and impossible(one, other)
    ]
    assert len(pairs) > 15
    for pair in pairs:
        assert all(SignalKind.IMPOSSIBLE_SPEED in kinds(found, record) for record in pair)


def test_nineteen_in_twenty_of_all_forged_records_are_pointed_at() -> None:
    records, found = month()
    forged = [record for record in records if record.forged]
    missed = [record.forged for record in forged if record.visit.id not in found]
    assert len(missed) <= len(forged) * 0.05, missed


def test_at_most_one_in_fifty_honest_records_is_pointed_at() -> None:
    records, found = month()
    honest = [record for record in records if not record.forged]
    flagged = [sorted(kinds(found, record)) for record in honest if record.visit.id in found]
    assert len(flagged) <= len(honest) * 0.02, flagged
