"""What a photo really is (pure): checked by decoding within limits, hashed, and re-encoded without what it carried."""

import hashlib
import io
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageOps

from app.evidence import heic, refusing
from app.evidence.claims import claims_of

READ = ("JPEG", "PNG", "WEBP")  # in this process; HEIC is read by one of its own
FORMATS = {
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",  # a JPEG that carries a second picture behind the first, as phones make them
    "PNG": "image/png",
    "WEBP": "image/webp",
}
Image.MAX_IMAGE_PIXELS = None  # Pillow only warns; `_opened` refuses by the header, before anything is decoded
SHOWN_EDGE = 1600  # pixels of the longer edge of what is shown


@dataclass(frozen=True)
class Picture:
    """A photo that decodes: its hash and size, what it claims of itself, and the derivative that may be shown."""

    content: bytes
    sha256: str
    media_type: str
    width: int
    height: int
    dhash: str
    claims: dict[str, Any]
    shown: bytes

    @property
    def size(self) -> int:
        return len(self.content)


def verified(content: bytes, *, most_pixels: int) -> Picture:
    """Decode a photo completely and derive what may be shown; of several pictures in one file, the first.

    Raises WrongType for what is no JPEG, PNG, WebP or HEIC, Invalid for one that is cut, broken or over `most_pixels`.
    """
    media_type, size, image = _opened(content, most_pixels)
    claims = claims_of(image)
    scale = min(1.0, SHOWN_EDGE / max(size))
    try:
        image.draft("RGB", (max(1, int(size[0] * scale)), max(1, int(size[1] * scale))))
        image.load()
        shrunk = _flat(image)
        shrunk.thumbnail((SHOWN_EDGE, SHOWN_EDGE), Image.Resampling.BICUBIC)
    except Exception:  # noqa: BLE001 - a decoder raises what it likes on a forged file, as on a forged header
        raise refusing.broken() from None
    turned = _turned(shrunk)
    buffer = io.BytesIO()
    turned.save(buffer, "JPEG", quality=80)
    return Picture(
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        media_type=media_type,
        width=size[0],
        height=size[1],
        dhash=_dhash(turned),
        claims=claims,
        shown=buffer.getvalue(),
    )


def _opened(content: bytes, most_pixels: int) -> tuple[str, tuple[int, int], Image.Image]:
    """Media type and size of a photo by its leading bytes, and its picture: a HEIC's is small and decoded already."""
    if heic.is_heic(content):
        return heic.decoded(content, most_pixels=most_pixels, edge=SHOWN_EDGE)
    try:
        image = Image.open(io.BytesIO(content), formats=READ)
    except Exception:  # noqa: BLE001 - a decoder raises what it likes on a forged header
        raise refusing.not_a_photo() from None
    if image.width * image.height > most_pixels:
        raise refusing.too_many_pixels(*image.size)
    return FORMATS[image.format or ""], image.size, image


def _flat(image: Image.Image) -> Image.Image:
    """The picture on white, without transparency."""
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        rgba = image.convert("RGBA")
        flat = Image.new("RGB", image.size, "white")
        flat.paste(rgba, mask=rgba.getchannel("A"))
        flat.info = image.info
        return flat
    return image if image.mode == "RGB" else image.convert("RGB")


def _turned(image: Image.Image) -> Image.Image:
    """The picture as it was seen, without profile or metadata; small before it is turned, for that is quicker."""
    try:
        turned = ImageOps.exif_transpose(image)
    except Exception:  # noqa: BLE001 - malformed metadata says nothing, also not how to turn
        turned = image.copy()
    turned.info.clear()
    return turned


def fine_hash(shown: bytes) -> str:
    """The dhash of a derivative in 256 bits: tells a photo saved anew from the same thing photographed again."""
    image = Image.open(io.BytesIO(shown), formats=["JPEG"])
    image.draft("L", (64, 64))
    return _dhash(image, 16)


def _dhash(image: Image.Image, edge: int = 8) -> str:
    """A bit for each pixel brighter than its left neighbour, of edge × edge; alike pictures differ in few."""
    small = image.convert("L").resize((edge + 1, edge), Image.Resampling.BOX).tobytes()
    bits = 0
    for row in range(edge):
        for column in range(edge):
            place = row * (edge + 1) + column
            bits = bits << 1 | (small[place] < small[place + 1])
    return f"{bits:0{edge * edge // 4}x}"
