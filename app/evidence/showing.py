"""What a photo is shown with: the watermark drawn on it says what the product knows, and apart what the file claims."""

from datetime import datetime
from uuid import UUID

from app.core.actor import Actor
from app.core.clock import LOCAL
from app.core.errors import invalid_field
from app.core.installation import caption_of
from app.evidence import uploads
from app.evidence.marking import marked
from app.evidence.models import Photo
from app.evidence.tracing import Use, uses_of


def shown_with_mark(actor: Actor, photo: Photo, *, subject_id: UUID | None = None) -> bytes:
    """The derivative with its watermark, for the record asked about or the first that names the photo.

    Raises Invalid for a record that does not name it.
    """
    return marked(uploads.shown(actor, photo.sha256), _lines(actor, photo, subject_id))


def _lines(actor: Actor, photo: Photo, subject_id: UUID | None) -> list[str]:
    uses = uses_of(actor, [photo.sha256])[photo.sha256]
    use = next((use for use in uses if subject_id in (None, use.subject_id)), None)
    if subject_id and use is None:
        raise invalid_field("/subject_id", "这条记录没有列出这张照片，请核对编号。")
    lines = [f"收到时间：{_local(photo.received_at)}（服务器）"]
    if photo.claims.get("taken_at"):
        lines.append(f"拍摄时间：{_local(datetime.fromisoformat(photo.claims['taken_at']))}（照片声称）")
    return lines + (_of_record(actor, use) if use else [])


def _of_record(actor: Actor, use: Use) -> list[str]:
    said = caption_of(actor, use.subject_id, use.purpose)
    told = {"地点": said.get("place"), "人员": said.get("person"), "编号": said.get("code")}
    lines = [f"{name}：{text}" for name, text in told.items() if text]
    return [*lines, f"用途：{use.purpose.label}"]


def _local(moment: datetime) -> str:
    """Local time to the second; one without a zone as the file has it."""
    return (moment.astimezone(LOCAL) if moment.tzinfo else moment).strftime("%Y-%m-%d %H:%M:%S")
