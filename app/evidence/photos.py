"""What a photo really is (pure): checked by decoding within limits, hashed, and re-encoded without what it carried."""

import hashlib
import io
from dataclasses import dataclass
from typing import Any

import pi_heif
from PIL import Image, ImageOps

from app.core.errors import Invalid, WrongType
from app.evidence.claims import claims_of

READ = ("JPEG", "PNG", "WEBP", "HEIF")
FORMATS = {
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",  # a JPEG that carries a second picture behind the first, as phones make them
    "PNG": "image/png",
    "WEBP": "image/webp",
    "HEIF": "image/heic",
}
Image.MAX_IMAGE_PIXELS = None  # Pillow only warns; `verified` refuses by the header, before anything is decoded
pi_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)
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
    image = _opened(content)
    _must_be_within(most_pixels, image)
    media_type, size = FORMATS[image.format or ""], image.size
    if isinstance(image, pi_heif.HeifImageFile):
        media_type = image.get_format_mimetype() or media_type
    claims = claims_of(image)
    scale = min(1.0, SHOWN_EDGE / max(size))
    try:
        image.draft("RGB", (max(1, int(size[0] * scale)), max(1, int(size[1] * scale))))
        image.load()
        _must_be_within(most_pixels, image)  # a HEIC may turn out larger than its header says
        shrunk = _flat(image)
        shrunk.thumbnail((SHOWN_EDGE, SHOWN_EDGE), Image.Resampling.BICUBIC)
    except Invalid:
        raise
    except Exception:  # noqa: BLE001 - a decoder raises what it likes on a forged file, as on a forged header
        raise Invalid("照片不完整或已损坏，请重新拍摄上传。", code="photo_broken") from None
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


def _opened(content: bytes) -> Image.Image:
    try:
        return Image.open(io.BytesIO(content), formats=READ)
    except Exception:  # noqa: BLE001 - a decoder raises what it likes on a forged header
        raise WrongType(
            "只接受 JPEG、PNG、WebP 或 HEIC 照片，请重新拍摄或转换格式后上传。", code="not_a_photo"
        ) from None


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


def _must_be_within(most_pixels: int, image: Image.Image) -> None:
    if image.width * image.height > most_pixels:
        raise Invalid(
            f"照片有 {image.width}×{image.height} 像素，超过上限，请用较低分辨率重拍。", code="photo_too_many_pixels"
        )


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
