"""HEIC is decoded by a process of its own: what kills, hangs or cheats there is a refused photo here, and no more."""

import io
import signal
import subprocess
import sys
from pathlib import Path

import pillow_heif
import pytest
from PIL import Image

from app.core.errors import Refusal
from app.evidence import heic
from app.evidence.photos import verified
from tests.evidence.test_what_photos_say import PIXELS, picture_of
from tests.surface import problem_of
from tests.world import World, announced

ROOT = Path(__file__).parents[2]
PYTHON = [sys.executable, "-I", "-c"]


def heif(image: Image.Image, **more: bytes) -> bytes:
    buffer = io.BytesIO()
    pillow_heif.from_pillow(image).save(buffer, **more)
    return buffer.getvalue()


def deadly() -> bytes:
    """A HEIC with one wrong byte, in the content type of its XMP, on which pi-heif 1.4.0 crashes."""
    return heif(picture_of((64, 48)), xmp=b"x").replace(b"application/rdf", b"application\xffrdf")


def refusal_of(content: bytes) -> tuple[int, str]:
    with pytest.raises(Refusal) as refused:
        verified(content, most_pixels=PIXELS)
    return refused.value.status, refused.value.code or refused.value.default_code


def test_a_heic_that_kills_its_decoder_is_refused_and_the_server_lives(world: World) -> None:
    # When pi-heif is mended it decodes this one, and another that kills is to be found by mutating as the deep test.
    command = [sys.executable, "-I", str(heic.PROGRAM), str(PIXELS), "1600"]
    died = subprocess.run(command, input=deadly(), capture_output=True, check=False)
    assert (died.returncode, died.stdout) == (-signal.SIGSEGV, b"")
    plant, honest = world.plant, heif(picture_of((64, 48)))
    hazard = plant.report(photos=[announced(deadly()), announced(honest)])
    answers = [
        plant.worker.put(f"/hidden-hazards/{hazard['id']}/photos/{announced(photo)['sha256']}", photo, "image/heic")
        for photo in (deadly(), honest)
    ]
    assert [answer.status_code for answer in answers] == [422, 200]
    assert problem_of(answers[0])["code"] == "photo_broken"
    assert sorted(photo["arrived"] for photo in answers[1].json["photos"]) == [False, True]


def test_a_large_heic_comes_back_small_and_keeps_its_size() -> None:
    picture = verified(heif(picture_of((2000, 1000))), most_pixels=2_000_000)
    shown = Image.open(io.BytesIO(picture.shown))
    assert (picture.width, picture.height, shown.size) == (2000, 1000, (1600, 800))


def test_a_heic_with_transparency_is_shown_on_white() -> None:
    clear = Image.new("RGBA", (64, 48), (0, 90, 200, 0))
    shown = Image.open(io.BytesIO(verified(heif(clear), most_pixels=PIXELS).shown))
    assert shown.getpixel((30, 20)) == (255, 255, 255)


def test_the_serving_process_never_loads_the_decoder() -> None:
    verified(heif(picture_of((64, 48))), most_pixels=PIXELS)
    assert not {"pi_heif", "_pi_heif"} & set(sys.modules)
    assert "HEIF" not in Image.OPEN
    sources = [path for folder in ("app", "qr", "risk_models", "api_docs") for path in (ROOT / folder).rglob("*.py")]
    assert [path for path in sources if "import pi_heif" in path.read_text(encoding="utf-8")] == [heic.PROGRAM]
    assert not any("heic_decoder import" in path.read_text(encoding="utf-8") for path in sources)


def test_the_leading_bytes_alone_say_what_a_photo_is() -> None:
    for kind in ("AVIF", "TIFF", "GIF", "BMP", "ICO", "PPM", "PDF"):
        buffer = io.BytesIO()
        picture_of((64, 48)).save(buffer, kind)
        assert refusal_of(buffer.getvalue()) == (415, "not_a_photo"), kind
        pretending = b"\0\0\0\x1cftypheic" + buffer.getvalue()[12:]
        assert refusal_of(pretending) == (422, "photo_broken"), kind


def test_a_program_that_hangs_is_stopped_and_one_that_talks_on_is_cut_short() -> None:
    hangs, talks, deaf = "while True: pass", "while True: print('x' * 1000)", "pass"
    assert heic.answer_of([*PYTHON, hangs], b"", seconds=0.1, most=100) == b""
    assert len(heic.answer_of([*PYTHON, talks], b"", seconds=60, most=100)) == 101
    assert heic.answer_of([*PYTHON, deaf], bytes(1_000_000), seconds=60, most=100) == b""


def test_the_decoder_is_told_nothing_of_the_servers_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUAL_JWT_SECRET", "a secret")
    said = heic.answer_of([*PYTHON, "import os; print(list(os.environ.values()))"], b"", seconds=60, most=10_000)
    assert b"[" in said
    assert b"a secret" not in said


def test_the_decoder_is_bounded_in_memory_time_and_files() -> None:
    tries = f"""
import resource, sys
sys.path.insert(0, {str(heic.PROGRAM.parent)!r})
from heic_decoder import bound
bound(500_000_000, 7)
print(resource.getrlimit(resource.RLIMIT_CPU), resource.getrlimit(resource.RLIMIT_FSIZE))
for way in (lambda: bytearray(1_000_000_000), lambda: open({__file__!r}), lambda: bound(10**12, 7)):
    try:
        way()
    except Exception as error:
        print(type(error).__name__)
"""
    said = heic.answer_of([*PYTHON, tries], b"", seconds=60, most=10_000).decode().splitlines()
    assert said[0] == "(7, 7) (0, 0)"
    assert said[2:3] == ["OSError"] if sys.platform == "darwin" else said[1:3] == ["MemoryError", "OSError"]


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\n",
        b"Traceback (most recent call last):\n",
        b"8 8 2 2 RGB\n" + bytes(12),
        b"8 8 2 2 RGB 0\n" + bytes(11),
        b"8 8 2 2 RGB 0\n" + bytes(13),
        b"8 8 2 2 RGB 4\n" + bytes(12),
        b"8 8 2 2 RGB -1\n" + bytes(12),
        b"8 8 2 2 P 0\n" + bytes(4),
        b"8 8 -2 -2 RGB 0\n" + bytes(12),
        b"-8 -8 2 2 RGB 0\n" + bytes(12),
        b"8 8 0 0 RGB 0\n",
        b"9 9 5 1 RGB 0\n" + bytes(15),
        b"8 8 2 2 \xff\xfe 0\n" + bytes(12),
        b"9" * 5000 + b" 8 2 2 RGB 0\n" + bytes(12),
    ],
)
def test_an_answer_that_is_not_exactly_one_picture_is_a_broken_photo(answer: bytes) -> None:
    with pytest.raises(Refusal) as refused:
        heic.read_answer(answer, most_pixels=100, edge=4)
    assert refused.value.code == "photo_broken"


def test_a_heic_that_finds_no_free_decoder_is_to_be_sent_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heic, "WAIT_SECONDS", 0)
    with heic.AT_ONCE, heic.AT_ONCE:
        assert refusal_of(heif(picture_of((64, 48)))) == (503, "photos_busy")
    assert verified(heif(picture_of((64, 48))), most_pixels=PIXELS).size
