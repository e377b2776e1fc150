"""What a photo says of itself (pure): when, where and with what it was taken. Claims, never proof.

EXIF is written by the phone and can be written by anyone. One that is malformed says nothing, and refuses no photo.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any

from PIL import ExifTags, Image

TAKEN, OFFSET = ExifTags.Base.DateTimeOriginal, ExifTags.Base.OffsetTimeOriginal
GPS = ExifTags.GPS
PLACES = Decimal("0.000001")  # of a degree: a tenth of a metre


def claims_of(image: Image.Image) -> dict[str, Any]:
    """`taken_at` (ISO 8601, with an offset where the file gives one), `latitude`, `longitude` (degrees, as text),
    `make`, `model`; what is absent or malformed is left out."""
    try:
        exif = image.getexif()
        detail, place = exif.get_ifd(ExifTags.IFD.Exif), exif.get_ifd(ExifTags.IFD.GPSInfo)
        make, model = exif.get(ExifTags.Base.Make), exif.get(ExifTags.Base.Model)
    except Exception:  # noqa: BLE001 - a decoder raises what it likes on forged metadata, and the photo may be good
        return {}
    latitude = _degrees(place.get(GPS.GPSLatitude), place.get(GPS.GPSLatitudeRef), "NS", 90)
    longitude = _degrees(place.get(GPS.GPSLongitude), place.get(GPS.GPSLongitudeRef), "EW", 180)
    nowhere = latitude is None or longitude is None or (latitude == longitude == 0)  # 0, 0 is a phone without a fix
    said = {
        "taken_at": _moment(detail.get(TAKEN), detail.get(OFFSET)),
        "latitude": None if nowhere else str(latitude),
        "longitude": None if nowhere else str(longitude),
        "make": _printable(make),
        "model": _printable(model),
    }
    return {name: value for name, value in said.items() if value}


def _moment(taken: Any, offset: Any) -> str | None:
    """2026:11:21 08:30:00 and +08:00 as ISO 8601; without an offset the file does not say in which zone."""
    try:
        moment = datetime.strptime(str(taken).strip("\0 "), "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007 - as the file has it
        zone = datetime.strptime(str(offset).strip("\0 "), "%z").tzinfo if offset else None
    except ValueError:
        return None
    possible = 1990 <= moment.year < 9999  # no time zone can carry it past the end of the calendar
    return moment.replace(tzinfo=zone).isoformat() if possible else None


def _degrees(parts: Any, reference: Any, signs: str, most: int) -> Decimal | None:
    """Degrees, minutes and seconds as decimal degrees, negative south and west."""
    try:
        degrees, minutes, seconds = (Decimal(str(float(part))) for part in parts)
        sign = {signs[0]: 1, signs[1]: -1}[str(reference).strip("\0 ").upper()]
        value = (sign * (degrees + minutes / 60 + seconds / 3600)).quantize(PLACES)
        in_range = 0 <= minutes < 60 and 0 <= seconds < 60 and degrees >= 0  # of what is no number, nothing is
    except (TypeError, ValueError, ArithmeticError, KeyError):
        return None
    return value if in_range and abs(value) <= most else None


def _printable(value: Any) -> str:
    text = value.decode("ascii", "ignore") if isinstance(value, bytes) else str(value or "")
    return "".join(character for character in text[:200] if character.isprintable()).strip()
