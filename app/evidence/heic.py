"""How a HEIC photo is read: by a process of its own, so that a damaged one ends that process and nothing else (pure).

What comes back is believed as little as what went in: its size is counted, and it is pixels and EXIF, nothing that is
run or unpacked.
"""

import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from threading import BoundedSemaphore, Timer
from typing import IO, NamedTuple, cast

from PIL import Image

from app.evidence import refusing

MEDIA_TYPES = {
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis"), "image/heic"),
    **dict.fromkeys((b"hevc", b"hevx", b"hevm", b"hevs"), "image/heic-sequence"),
    b"mif1": "image/heif",
    b"msf1": "image/heif-sequence",
}  # by the brand the file begins with
PROGRAM = Path(__file__).with_name("heic_decoder.py")
SECONDS = 60  # by the clock, on a machine that has much else to do; the decoder bounds its processor time itself
AT_ONCE = BoundedSemaphore(2)  # decoders of one serving process: each may take a gigabyte for 50 megapixels
WAIT_SECONDS = 3  # for one of them to be free: whoever waits holds a thread of the server
MOST_BESIDE = 1_100_000  # bytes an answer may have beside its pixels


class Decoded(NamedTuple):
    """A photo's media type and size, and its picture made small, with `exif` in its info as the photo has it."""

    media_type: str
    size: tuple[int, int]
    image: Image.Image


def is_heic(content: bytes) -> bool:
    """Whether the leading bytes say so; what the phone called the file does not count."""
    return content[4:8] == b"ftyp" and content[8:12] in MEDIA_TYPES


def decoded(content: bytes, *, most_pixels: int, edge: int) -> Decoded:
    """Decode a HEIC and turn it as its own container says; the picture's longer edge has at most `edge` pixels.

    Raises Invalid for one that is broken, kills its decoder, passes its bounds or is over `most_pixels`; PhotosBusy
    when no decoder becomes free.
    """
    command = [sys.executable, "-I", str(PROGRAM), str(most_pixels), str(edge)]
    if not AT_ONCE.acquire(timeout=WAIT_SECONDS):
        raise refusing.busy()
    try:
        answer = answer_of(command, content, seconds=SECONDS, most=MOST_BESIDE + 4 * edge * edge)
    except OSError:  # the machine has no room for one more process
        raise refusing.busy() from None
    finally:
        AT_ONCE.release()
    size, image = read_answer(answer, most_pixels=most_pixels, edge=edge)
    return Decoded(MEDIA_TYPES[content[8:12]], size, image)


def answer_of(command: Sequence[str], content: bytes, *, seconds: float, most: int) -> bytes:
    """What a program says to `content` until it ends, is stopped after so many seconds or has said more than `most`."""
    with subprocess.Popen(  # noqa: S603 - the product's own program, no shell
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env={}
    ) as process:
        to, answers = cast(IO[bytes], process.stdin), cast(IO[bytes], process.stdout)
        stop = Timer(seconds, process.kill)
        stop.start()
        try:
            with suppress(BrokenPipeError), to:  # it may end before it has read everything
                to.write(content)
            return answers.read(most + 1)
        finally:
            stop.cancel()
            process.kill()


def read_answer(answer: bytes, *, most_pixels: int, edge: int) -> tuple[tuple[int, int], Image.Image]:
    """The photo's size and its small picture, of what the decoder said.

    Raises Invalid when that is not exactly one picture, or says the photo has more than `most_pixels`.
    """
    said, _, rest = answer.partition(b"\n")
    try:
        width, height, small_width, small_height, mode, exif = said.decode("ascii").split(" ")
        size, small, exif_bytes = (int(width), int(height)), (int(small_width), int(small_height)), int(exif)
    except ValueError:
        raise refusing.broken() from None
    if size[0] * size[1] > most_pixels:
        raise refusing.too_many_pixels(*size)
    pixels = rest[exif_bytes:]
    right = min(*size, *small) > 0 and max(small) <= edge and mode in ("RGB", "RGBA") and exif_bytes >= 0
    if not right or len(pixels) != small[0] * small[1] * len(mode):
        raise refusing.broken()
    image = Image.frombytes(mode, small, pixels)
    if exif_bytes:
        image.info["exif"] = rest[:exif_bytes]
    return size, image
