"""What a photo is refused with (pure): the same words whoever found it out, the decoder in the process or beside it."""

from app.core.errors import Invalid, Refusal, WrongType


class PhotosBusy(Refusal):
    """More photos are being decoded than the server has room for: this one is to be sent again."""

    status, title, default_code = 503, "暂时不可用", "photos_busy"


def busy() -> PhotosBusy:
    """The refusal of a photo that found no free decoder."""
    return PhotosBusy(
        "服务器正在处理的 HEIC 照片较多，请稍后重传这张照片；文字内容仍可上报。", facts={"retry_after": 10}
    )


def not_a_photo() -> WrongType:
    """The refusal of what is of no format taken."""
    return WrongType("只接受 JPEG、PNG、WebP 或 HEIC 照片，请重新拍摄或转换格式后上传。", code="not_a_photo")


def broken() -> Invalid:
    """The refusal of a photo that does not decode, or kills or outlasts its decoder."""
    return Invalid("照片不完整或已损坏，请重新拍摄上传。", code="photo_broken")


def too_many_pixels(width: int, height: int) -> Invalid:
    """The refusal of a photo of more pixels than the installation takes."""
    return Invalid(f"照片有 {width}×{height} 像素，超过上限，请用较低分辨率重拍。", code="photo_too_many_pixels")
