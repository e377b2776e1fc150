"""The export of an enterprise's ledger: every event exactly as it was hashed, its head, its photos, and the verifier.

Personal values are not in it: of those the events hold salted commitments only.
"""

import csv
import io
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import IO, Any
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZipFile

from app.core.canonical import canonical
from app.core.clock import now
from app.core.db import session
from app.core.events import Ledger, links
from app.core.installation import settings
from app.enterprises.models import Enterprise
from app.evidence.proof import manifest

AT_ONCE = 1000  # lines written together
CARRIED = ("verify.py", "README.txt")  # beside this file, and given as they are


def pack(enterprise: Enterprise, into: IO[bytes]) -> None:
    """Write the export of an enterprise as a zip, in constant memory however long the ledger is.

    It is read within `reading_one_moment`, or what is written meanwhile would be in one file and not in another.
    """
    with ZipFile(into, "w", ZIP_DEFLATED, compresslevel=6) as archive:
        last = _write(archive, "events.jsonl", event_lines(enterprise.id))
        archive.writestr("head.json", canonical(_head(enterprise, last)))
        _write(archive, "photos.csv", _photo_lines(enterprise.id))
        for name in CARRIED:
            archive.writestr(name, Path(__file__).with_name(name).read_bytes())


def event_lines(enterprise_id: UUID) -> Iterator[bytes]:
    """Each event as a line of JSON: its hash, and the very bytes that were hashed."""
    with closing(links(enterprise_id)) as chain:
        for row, text in chain:
            yield b'{"hash":"%s","event":%s}\n' % (row.hash.encode(), text)


def _head(enterprise: Enterprise, last: bytes) -> dict[str, Any]:
    """The end of the chain as the ledger holds it; an empty ledger names the algorithm that would be used."""
    ledger = session().get_one(Ledger, enterprise.id)
    found = last.partition(b'"algorithm":"')[2].partition(b'"')[0].decode()
    return {
        "enterprise": {"id": enterprise.id, "code": enterprise.code, "name": enterprise.name},
        "seq": ledger.seq,
        "hash": ledger.hash,
        "algorithm": found or settings().chain_algorithm,
        "exported_at": now(),
    }


def _photo_lines(enterprise_id: UUID) -> Iterator[bytes]:
    yield b"sha256,size,named_by,purpose\r\n"
    for photo in manifest(enterprise_id):
        text = io.StringIO()
        csv.writer(text).writerow([photo.sha256, photo.size, photo.subject_id, photo.purpose])
        yield text.getvalue().encode()


def _write(archive: ZipFile, name: str, lines: Iterator[bytes]) -> bytes:
    """Write lines as one file of the zip; gives the last."""
    held: list[bytes] = []
    last = b""
    with archive.open(name, "w", force_zip64=True) as file:
        for last in lines:
            held.append(last)
            if len(held) == AT_ONCE:
                file.write(b"".join(held))
                held.clear()
        file.write(b"".join(held))
    return last
