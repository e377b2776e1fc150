"""What a photo really is (pure): checked by decoding within limits, hashed, and re-encoded without what it carried."""

import hashlib
import io
from dataclasses import dataclass
from typing import Any

from PIL import ExifTags, Image, ImageOps

from app.core.errors import Invalid, WrongType

FORMATS = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
Image.MAX_IMAGE_PIXELS = None  # Pillow only warns; `verified` refuses by the header, before anything is decoded
SHOWN_EDGE = 1600  # pixels of the longer edge of what is shown
CLAIMS = {"DateTimeOriginal": 36867, "Make": 271, "Model": 272}  # EXIF tags kept as claims, never as proof


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
    """Decode a photo completely and derive what may be shown.

    Raises WrongType for what is no JPEG, PNG or WebP, Invalid for one that is cut, broken or over `most_pixels`.
    """
    image = _opened(content)
    if image.width * image.height > most_pixels:
        raise Invalid(
            f"照片有 {image.width}×{image.height} 像素，超过上限，请用较低分辨率重拍。", code="photo_too_many_pixels"
        )
    media_type, size = FORMATS[image.format or ""], image.size
    claims = _claims(image)
    scale = min(1.0, SHOWN_EDGE / max(size))
    try:
        image.draft("RGB", (max(1, int(size[0] * scale)), max(1, int(size[1] * scale))))
        image.load()
        turned = _flat(ImageOps.exif_transpose(image))
    except Exception:  # noqa: BLE001 - a decoder raises what it likes on a forged file, as on a forged header
        raise Invalid("照片不完整或已损坏，请重新拍摄上传。", code="photo_broken") from None
    turned.thumbnail((SHOWN_EDGE, SHOWN_EDGE), Image.Resampling.BICUBIC)
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
        return Image.open(io.BytesIO(content), formats=list(FORMATS))
    except Exception:  # noqa: BLE001 - a decoder raises what it likes on a forged header
        raise WrongType("只接受 JPEG、PNG 或 WebP 照片，请重新拍摄或转换格式后上传。", code="not_a_photo") from None


def _flat(image: Image.Image) -> Image.Image:
    """The picture on white, without transparency, profile or metadata."""
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        rgba = image.convert("RGBA")
        flat = Image.new("RGB", image.size, "white")
        flat.paste(rgba, mask=rgba.getchannel("A"))
    else:
        flat = image.convert("RGB")
    flat.info.clear()
    return flat


def _dhash(image: Image.Image) -> str:
    """64 bits of brighter-than-the-left-neighbour, as 16 hexadecimal digits: alike pictures differ in few."""
    small = image.convert("L").resize((9, 8), Image.Resampling.BOX).tobytes()
    bits = 0
    for row in range(8):
        for column in range(8):
            bits = bits << 1 | (small[row * 9 + column] < small[row * 9 + column + 1])
    return f"{bits:016x}"


def _claims(image: Image.Image) -> dict[str, Any]:
    """What the file says of time, device and place; a malformed EXIF says nothing."""
    try:
        exif = image.getexif()
        detail = exif.get_ifd(ExifTags.IFD.Exif)
        found = {name: detail.get(tag) or exif.get(tag) for name, tag in CLAIMS.items()}
        found["GPS"] = dict(exif.get_ifd(ExifTags.IFD.GPSInfo)) or None
        return {name: _printable(value) for name, value in found.items() if value}
    except Exception:  # noqa: BLE001 - claims are worth nothing when broken, and must not refuse a good photo
        return {}


def _printable(value: Any) -> str:
    return "".join(character for character in str(value)[:200] if character.isprintable())
