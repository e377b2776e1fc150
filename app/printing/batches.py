"""Stamped documents with their symbols: those of a batch are made together, which takes a tenth of the time."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import NamedTuple, TypeVar

from app.printing.stamp import Stamp
from qr import Symbol, symbols

_AT_ONCE = 50

Document = TypeVar("Document")


class Marks(NamedTuple):
    """The symbols a document carries: of its point, None where it has no code, and of its check address."""

    code: Symbol | None
    check: Symbol


def with_marks(
    stamped: Iterable[tuple[Document, Stamp]], says: Callable[[Document], str]
) -> Iterator[tuple[Document, Stamp, Marks]]:
    """Yield documents, stamps and symbols, reading few ahead; `says` is what the code of the point says, or nothing."""
    remaining = iter(stamped)
    while batch := list(islice(remaining, _AT_ONCE)):
        texts = [says(document) for document, _ in batch]
        codes = {symbol.text: symbol for symbol in symbols(filter(None, texts))}
        checks = symbols((stamp.address for _, stamp in batch), "M")
        for (document, stamp), text, check in zip(batch, texts, checks, strict=True):
            yield document, stamp, Marks(codes.get(text), check)
