"""Where photos are looked at."""

from typing import Any

from app.core.actor import Actor
from app.core.endpoint import File, Routes
from app.evidence import service, uploads
from app.evidence.schemas import PhotoQuery
from app.evidence.showing import shown_with_mark

routes = Routes("evidence")


@routes.read("/photos/<sha256>", "point:see", query=PhotoQuery, media_type="image/jpeg")
def show_photo(actor: Actor, sha256: str, query: dict[str, Any]) -> File:
    """查看一张照片：转正、缩小、不含元数据；mark=true 时加水印。"""
    photo = service.get_photo(actor, sha256)
    if query.get("mark") == "true":
        content = shown_with_mark(actor, photo, subject_id=query.get("subject_id"))
    else:
        content = uploads.shown(actor, photo.sha256)
    return File(content, "image/jpeg", f"{photo.sha256[:12]}.jpg")


@routes.read("/photos/<sha256>/original", "hidden-hazard:handle", media_type="image/*")
def show_original(actor: Actor, sha256: str) -> File:
    """下载一张照片的原始文件，逐字节与上传时相同。"""
    photo = service.get_photo(actor, sha256)
    return File(uploads.original(actor, photo.sha256), photo.media_type, photo.sha256, attachment=True)
