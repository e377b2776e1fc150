"""The drawing of a floor plan: a photo or one PDF page, kept byte for byte, and a picture made of it for maps.

The picture is turned as it was seen, on white, no larger than the largest map can show, PNG or JPEG.
"""

import hashlib
import io
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

from PIL import Image, ImageChops, ImageOps

from app.core.actor import Actor
from app.core.declared import Upload
from app.core.errors import Invalid
from app.core.incoming import uploaded_bytes
from app.core.installation import settings, store
from app.evidence import heic, refusing
from app.evidence.photos import READ, Picture, verified
from app.evidence.uploads import PHOTO

PDF = "application/pdf"
DRAWING = Upload(
    media_types=(*PHOTO.media_types, PDF),
    limit="photo_bytes",
    wrong_type="请以 image/png、image/jpeg、image/webp、image/heic 或 application/pdf 上传平面图的原始字节。",
    too_large="平面图超过 {limit}，请降低分辨率或只留一页后重试。",
)
PROGRAM = Path(__file__).with_name("pdf_page.py")
EDGE = 3600  # pixels of the longer edge of the picture: 110 dpi on A1, 220 on A3
SECONDS = 60  # by the clock; the program bounds its processor time itself
MOST_PNG = 60_000_000  # bytes of a page as PNG
_BEGINNING = 1024  # bytes before which a PDF names itself


def uploaded(actor: Actor, **_: Any) -> dict[str, Picture]:
    """The drawing in this request's body, stored; the slow work of a PUT. Raises TooLarge, WrongType or Invalid."""
    return {"picture": stored(actor, uploaded_bytes(DRAWING))}


def stored(actor: Actor, content: bytes) -> Picture:
    """A drawing checked and put on the disk: as it came, as it may be shown, and as maps draw it."""
    most_pixels = settings().photo_pixels
    page = _page_of(content, most_pixels) if is_pdf(content) else content
    picture = verified(page, most_pixels=most_pixels)
    if page is not content:
        sha256 = hashlib.sha256(content).hexdigest()
        picture = replace(picture, content=content, sha256=sha256, media_type=PDF)
    branch = actor.enterprise.hex
    store().keep(branch, picture.sha256, content)
    store().keep(f"{branch}-shown", picture.sha256, picture.shown)
    store().keep(f"{branch}-plans", picture.sha256, drawn(page, most_pixels=most_pixels))
    return picture


def drawing_of(enterprise_id: UUID, sha256: str) -> bytes:
    """The picture maps draw, by the hash of the drawing; made from a photo that came before pictures were kept."""
    branch = enterprise_id.hex
    try:
        return store().read(f"{branch}-plans", sha256)
    except FileNotFoundError:
        return drawn(store().read(branch, sha256), most_pixels=settings().photo_pixels)


def is_pdf(content: bytes) -> bool:
    """Whether the leading bytes say so; what was said of the file does not count."""
    return b"%PDF-" in content[:_BEGINNING]


def drawn(content: bytes, *, most_pixels: int) -> bytes:
    """The picture of a photo that was checked, for maps: turned, on white, PNG where it was one, else JPEG."""
    if heic.is_heic(content):
        opened = heic.decoded(content, most_pixels=most_pixels, edge=EDGE).image
    else:
        opened = Image.open(io.BytesIO(content), formats=READ)
        opened.draft("RGB", (EDGE, EDGE))
    sharp = opened.format == "PNG"
    clear = opened.has_transparency_data
    image = opened.convert("RGBA" if clear else "L" if opened.mode in ("1", "L") else "RGB")
    image.thumbnail((EDGE, EDGE), Image.Resampling.LANCZOS)
    if clear:
        white = Image.new("RGB", image.size, "white")
        white.paste(image, mask=image.getchannel("A"))
        image = white
    if image.mode == "RGB" and not any(_differ(image, one, other) for one, other in (("R", "G"), ("G", "B"))):
        image = image.convert("L")
    image = _turned(image, opened)
    buffer = io.BytesIO()
    image.save(buffer, "PNG" if sharp else "JPEG", quality=88)
    return buffer.getvalue()


def _differ(image: Image.Image, one: str, other: str) -> bool:
    """Whether two of the colours of a picture are ever unlike; a drawing in greys takes a third of the room."""
    return ImageChops.difference(image.getchannel(one), image.getchannel(other)).getbbox() is not None


def _turned(image: Image.Image, opened: Image.Image) -> Image.Image:
    """A picture as it was seen, as the file it was made of says."""
    try:
        image.info = {"exif": opened.info["exif"]} if "exif" in opened.info else {}
        image = ImageOps.exif_transpose(image)
    except Exception:  # noqa: BLE001 - malformed metadata says nothing, also not how to turn
        image = image.copy()
    image.info.clear()
    return image


def _page_of(content: bytes, most_pixels: int) -> bytes:
    """The one page of a PDF as PNG. Raises Invalid for more pages, a locked or broken file, one that takes too long."""
    edge = min(EDGE, int(most_pixels**0.5))
    if not heic.AT_ONCE.acquire(timeout=heic.WAIT_SECONDS):
        raise refusing.busy()
    try:
        command = [sys.executable, "-I", str(PROGRAM), str(edge)]
        said, _, rest = heic.answer_of(command, content, seconds=SECONDS, most=MOST_PNG).partition(b"\n")
    except OSError:  # the machine has no room for one more process
        raise refusing.busy() from None
    finally:
        heic.AT_ONCE.release()
    what, _, number = said.decode("ascii", "replace").partition(" ")
    if what == "pages" and number.isdecimal():
        raise Invalid(
            f"这份 PDF 有 {number} 页，平面图只能是一页；请另存要用的那一页后上传。", code="plan_not_one_page"
        )
    if what == "locked":
        raise Invalid("这份 PDF 加了密码，打不开；请去掉密码后上传。", code="plan_locked")
    if what != "page" or number != str(len(rest)):
        raise Invalid("这份 PDF 已损坏或过于复杂，画不出来；请重新导出，或改传 PNG 图片。", code="plan_broken")
    return rest
