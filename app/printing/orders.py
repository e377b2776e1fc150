"""Orders of prints: what may be asked for, how far it has come, the file that came of it, and how long that is kept."""

from collections.abc import Sequence
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select, update

from app.core import jobs
from app.core.actor import Actor
from app.core.canonical import plain
from app.core.clock import now
from app.core.db import reading, session, writing
from app.core.errors import Conflict, FieldError, Invalid, NotFound, invalid_field
from app.core.installation import print_store
from app.core.jobs import Job, JobState, ask_for
from app.printing import prints
from app.printing.catalogue import CATALOGUE, Format, Kind
from app.printing.models import PrintKind, PrintOrder

JOB = "print"
KEPT = timedelta(days=30)
MOST_DOCUMENTS = 20_000
FORGOTTEN_AT_ONCE = 200
MOST_WAITING = 20
LOOKS = frozenset({"paper", "landscape", "stock", "free", "start", "copies", "offset_x", "offset_y"})


def order(
    actor: Actor, *, id: UUID, kind: PrintKind, format: Format | None = None, outdated: bool = False, **asked: Any
) -> PrintOrder:
    """Take an order and put it in the queue. Raises Invalid for what its kind does not know, or for nothing."""
    wanted = CATALOGUE[kind]
    actor.needs(wanted.permission)
    _refuse_unknown(wanted, asked, outdated=outdated)
    if wanted.papers and asked.get("paper") and asked["paper"] not in wanted.papers:
        known = "、".join(paper.label for paper in wanted.papers)
        raise invalid_field("/paper", f"{kind.label}可以印在 {known} 上，请从中选择。")
    chosen = format or next(iter(wanted.draws))
    if chosen not in wanted.draws:
        known = "、".join(wanted.draws)
        raise invalid_field("/format", f"{kind.label}可以印成 {known}，请从中选择。")
    _refuse_too_many_waiting(actor)
    subjects = prints.outdated_subjects(actor, wanted) if outdated else list(wanted.subjects(actor, asked))
    if not subjects:
        said = f"没有过期的{kind.label}，不需要重印。" if outdated else "所选范围内没有可打印的内容，请重新选择。"
        raise Invalid(said, code="nothing_selected")
    if len(subjects) > MOST_DOCUMENTS:
        raise Invalid(f"一次最多打印 {MOST_DOCUMENTS} 份，请缩小范围分批打印。", code="too_many_documents")
    made = PrintOrder(
        enterprise_id=actor.enterprise, id=id, kind=kind, owner_id=actor.id, format=chosen, asked=_as_json(asked),
        subjects=subjects, documents=len(subjects), job_id=ask_for(actor, JOB, {"order_id": str(id)}).id,
        created_at=now(), expires_at=now() + KEPT, warnings=[], file_name="", bytes=0,
    )  # fmt: skip
    session().add(made)
    return made


def own_orders(actor: Actor) -> Select[PrintOrder]:
    """What the actor has ordered, newest first."""
    mine = (PrintOrder.enterprise_id == actor.enterprise, PrintOrder.owner_id == actor.id)
    return select(PrintOrder).where(*mine).order_by(PrintOrder.created_at.desc(), PrintOrder.id.desc())


def jobs_of(actor: Actor, made: Sequence[PrintOrder]) -> dict[UUID, Job]:
    """The jobs that make these orders, by their id."""
    found = select(Job).where(Job.enterprise_id == actor.enterprise, Job.id.in_([one.job_id for one in made]))
    return {job.id: job for job in session().scalars(found)}


def own_order(actor: Actor, order_id: UUID) -> tuple[PrintOrder, Job]:
    """An order of the actor with the job that makes it. Raises NotFound for anyone else's."""
    made = session().get(PrintOrder, (actor.enterprise, order_id))
    if made is None or made.owner_id != actor.id:
        raise NotFound
    return made, session().get_one(Job, (actor.enterprise, made.job_id))


def file_of(actor: Actor, order_id: UUID) -> tuple[bytes, PrintOrder]:
    """The file an order came to. Raises Conflict before it is made, when it came to nothing, and after it expired."""
    made, job = own_order(actor, order_id)
    if made.sha256 is None or made.expires_at <= now():
        if made.made_at:
            raise Conflict("这份打印文件已过保存期，请重新打印。", code="print_expired")
        if job.state in (JobState.WAITING, JobState.RUNNING):
            raise Conflict("还在打印，请稍候再取。", code="print_not_ready", facts={"retry_after": 2})
        raise Conflict(f"这次打印{job.state.label}，没有文件。{job.refusal}", code="print_not_made")
    try:
        return print_store().read(made.enterprise_id.hex, _name(order_id, made.sha256)), made
    except FileNotFoundError:  # it expired this moment, or the folder was not restored with the database
        raise Conflict("这份打印文件已不在，请重新打印。", code="print_expired") from None


def cancel(actor: Actor, order_id: UUID) -> tuple[PrintOrder, Job]:
    """Stop an order that is not made yet. Raises Conflict when it is."""
    made, job = own_order(actor, order_id)
    if made.made_at:
        raise Conflict("已经打印完成，不能再取消。", code="job_ended")
    return made, jobs.cancel(actor, job.id, kind=JOB)


def keep_file(enterprise_id: UUID, order_id: UUID, content: bytes) -> str:
    """Write an order's file and wait for the disk; its SHA-256. Raises StoreFull."""
    digest = sha256(content).hexdigest()
    print_store().keep(enterprise_id.hex, _name(order_id, digest), content)
    return digest


def forget_file(enterprise_id: UUID, order_id: UUID, digest: str) -> None:
    """Remove a file of an order that came to nothing."""
    print_store().forget(enterprise_id.hex, _name(order_id, digest))


def forget_expired() -> None:
    """Remove the files of orders whose time has run out; what was printed stays known."""
    expired = PrintOrder.sha256.is_not(None) & (PrintOrder.expires_at <= now())
    with reading() as current:
        found = current.execute(
            select(PrintOrder.enterprise_id, PrintOrder.id, PrintOrder.sha256).where(expired).limit(FORGOTTEN_AT_ONCE)
        ).all()
    for enterprise_id, order_id, digest in found:
        forget_file(enterprise_id, order_id, digest or "")
    if found:
        with writing() as current:
            current.execute(
                update(PrintOrder)
                .where(PrintOrder.id.in_([order_id for _, order_id, _ in found]), expired)
                .values(sha256=None)
                .execution_options(synchronize_session=False)
            )


def _refuse_too_many_waiting(actor: Actor) -> None:
    """One person's orders hold up those of all others, for they are made one after another."""
    waiting = select(func.count()).where(
        Job.enterprise_id == actor.enterprise, Job.owner_id == actor.id, Job.kind == JOB, Job.state == JobState.WAITING
    )
    if (session().scalar(waiting) or 0) >= MOST_WAITING:
        raise Conflict(f"您已有 {MOST_WAITING} 份打印单在排队，请等前面的完成，或取消不要的。", code="too_many_waiting")


def _refuse_unknown(kind: Kind, asked: dict[str, Any], *, outdated: bool) -> None:
    """What is printed again is what is out of date, so nothing else is chosen; how it looks still is."""
    known = kind.takes & LOOKS if outdated else kind.takes
    unknown = [name for name in asked if name not in known]
    if unknown:
        errors = [FieldError(f"/{name}", f"{kind.kind.label}没有这个选项，请去掉。") for name in unknown]
        raise Invalid("有的选项不适用于所选的打印种类。", errors=errors)


def _as_json(asked: dict[str, Any]) -> dict[str, Any]:
    """What was asked as JSON keeps it: ids and days as text."""

    def kept(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: kept(one) for name, one in value.items()}
        if isinstance(value, list | tuple | set):
            return [kept(one) for one in value]
        return value if isinstance(value, str | int | float | bool | None) else plain(value)

    return {name: kept(value) for name, value in asked.items()}


def _name(order_id: UUID, digest: str) -> str:
    """The name of an order's own file: two orders never share one, so that each can be forgotten alone."""
    return sha256(f"{order_id.hex}{digest}".encode()).hexdigest()
