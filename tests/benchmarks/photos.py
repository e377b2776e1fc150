"""A 12-megapixel photo through the whole pipeline beside the plain Pillow calls it cannot do without.

The pipeline is `verified`: header and format checked, decoded, claims read, made small and turned, encoded without what
it carried, hashed twice (sha256 of the bytes, dhash of what they show). The plain calls open with draft, load, make
small, turn, save and hash. Both are measured in turn on the same bytes; the figures are medians.

The memory is the peak of a process made for it that holds the pure pipeline and one photo, as the operating system
counts it; of a HEIC also that of the process beside it that decodes it, which holds nothing else. Run it from the
project's root: python -m tests.benchmarks.photos
"""

import gc
import hashlib
import io
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

WIDTH, HEIGHT = 4000, 3000
PIXELS = 50_000_000
RUNS = 15
MOST_TIMES, MOST_MEGABYTES = 1.5, 120
ALONE = """
import pathlib, resource, sys, types
house = types.ModuleType("app")  # the package without its composition root: the pipeline is pure
house.__path__ = [{root!r} + "/app"]
sys.modules["app"] = house
sys.path.insert(0, {root!r})
from app.evidence.photos import verified
def peak():
    status = pathlib.Path("/proc/self/status")  # Linux hands a process the peak of who started it by getrusage
    if status.exists():
        return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
content = sys.stdin.buffer.read()
before = peak()
for _ in range(3):
    verified(content, most_pixels={pixels})
print(before, peak(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def main() -> int:
    """Print times, ratio and memory; 1 when the promise is not kept."""
    from app.evidence.photos import verified  # noqa: PLC0415 - the path is set first

    content = photo()
    ours, plain = _in_turn(lambda: verified(content, most_pixels=PIXELS), lambda: plainly(content))
    ratio = ours / plain
    before, peak, _ = _memory(content)
    _, of_heic, of_decoder = _memory(heic(content))
    print(f"{WIDTH}×{HEIGHT}, {len(content) / 1e6:.1f} MB of JPEG, turned by its EXIF; medians of {RUNS}")
    print(f"verified {ours * 1e3:.0f} ms, plain Pillow {plain * 1e3:.0f} ms: {ratio:.2f}× (at most {MOST_TIMES}×)")
    print(f"peak of a fresh process {peak:.0f} MB, of which {before:.0f} before the photo (at most {MOST_MEGABYTES})")
    print(
        f"the same as HEIC {of_heic:.0f} MB, and its decoder beside it {of_decoder:.0f} (at most {MOST_MEGABYTES} each)"
    )
    return 0 if ratio <= MOST_TIMES and max(peak, of_heic, of_decoder) <= MOST_MEGABYTES else 1


def photo() -> bytes:
    """A photo as a phone makes one: large, with fine grain, turned, and with EXIF."""
    from PIL import ExifTags, Image  # noqa: PLC0415 - the child must not have it from here

    chance = random.Random(12)
    coarse = Image.frombytes("RGB", (80, 60), chance.randbytes(80 * 60 * 3))
    grain = Image.effect_noise((WIDTH, HEIGHT), 18).convert("RGB")
    image = Image.blend(coarse.resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC), grain, 0.35)
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation], exif[ExifTags.Base.Make] = 6, "Phone"
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2026:11:21 08:30:00"
    exif.get_ifd(ExifTags.IFD.GPSInfo).update({1: "N", 2: (41.0, 7.0, 12.5), 3: "E", 4: (122.0, 3.0, 9.0)})
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=88, exif=exif)
    return buffer.getvalue()


def heic(content: bytes) -> bytes:
    """The same photo in the other format phones make."""
    import pillow_heif  # noqa: PLC0415 - as above
    from PIL import Image  # noqa: PLC0415 - as above

    buffer = io.BytesIO()
    image = Image.open(io.BytesIO(content))
    pillow_heif.from_pillow(image).save(buffer, quality=50, enc_params={"preset": "ultrafast"})
    return buffer.getvalue()


def plainly(content: bytes) -> tuple[bytes, str]:
    """What any product has to do with a photo, by Pillow's own calls."""
    from PIL import Image, ImageOps  # noqa: PLC0415 - as above

    image = Image.open(io.BytesIO(content))
    image.draft("RGB", (1600, 1200))
    image.load()
    image.thumbnail((1600, 1600), Image.Resampling.BICUBIC)
    buffer = io.BytesIO()
    ImageOps.exif_transpose(image).save(buffer, "JPEG", quality=80)
    return buffer.getvalue(), hashlib.sha256(content).hexdigest()


def _in_turn(*ways: Callable[[], object]) -> list[float]:
    """The median seconds of each way, all measured in turn so that the machine's moods fall on each alike."""
    taken: list[list[float]] = [[] for _ in ways]
    for way in ways:
        way()
    gc.collect()
    for _ in range(RUNS):
        for way, seconds in zip(ways, taken, strict=True):
            start = time.perf_counter()
            way()
            seconds.append(time.perf_counter() - start)
    return [statistics.median(seconds) for seconds in taken]


def _memory(content: bytes) -> tuple[float, float, float]:
    """Megabytes of a fresh process before the photo and at its peak, and at the peak of those it started, if any."""
    script = ALONE.format(root=str(ROOT), pixels=PIXELS)
    said = subprocess.run([sys.executable, "-c", script], input=content, capture_output=True, check=True)
    unit = 1e6 if sys.platform == "darwin" else 1e3  # the kernel counts in kilobytes, macOS in bytes
    before, peak, beside = (int(number) / unit for number in said.stdout.split())
    return before, peak, beside


if __name__ == "__main__":
    sys.exit(main())
