"""What rectification notices say: of an enterprise's hidden hazards to whoever is to put them right, and of an order.

A notice of the enterprise names some hidden hazards of one person for good; it stands as long as one of them is open.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.accounts.models import User
from app.core.actor import Actor
from app.core.clock import local_text
from app.core.db import batched, session
from app.core.errors import Conflict, Forbidden, Invalid, NotFound, invalid_field
from app.core.events import Event
from app.enterprises.service import own_enterprise
from app.evidence.models import Purpose
from app.evidence.service import photos_of
from app.hidden_hazards.models import HiddenHazard
from app.hidden_hazards.service import unit_paths
from app.hidden_hazards.terms import OPEN, Gravity
from app.printing.closing import NOBODY, hazards_by_id, named_hazards, photos_for, places_of, told_of
from app.printing.gather_ledgers import grounds_of, unit_names
from app.printing.rectification_notice import ORDER, TITLE, NoticeItem, RectificationNotice
from app.supervision import orders
from app.supervision.models import RectificationOrder

MOST = 8  # hidden hazards of one notice: as many as a subject can name
_ASSIGNED = "hidden_hazard.assign"
_ORDER, _HAZARDS = "order=", "hazards="
_REQUIREMENTS = (
    "请在各项规定的期限内完成整改，整改后拍照并提交验收；验收人不得是整改人本人。",
    "整改完成前须落实临时措施；不能保证安全的，应当停止作业、撤出人员、停用设备设施。",
    "不能按期完成的，应在期限届满前申请延期，说明理由和已采取的措施；未经批准不得延期。",
)
_INTERIM = "整改完成前看护现场、保证安全；不能保证安全的，停止作业、撤出人员、停用设备设施。"
_OF_MAJOR = "重大隐患应当按治理方案治理，做到责任、措施、资金、时限、预案“五落实”。"
_OF_ORDER = (
    "请按各项期限完成整改，做到责任、措施、资金、时限、预案落实；整改期间采取措施保证安全。",
    "整改完成后在系统中提交整改情况，请求复查；逾期未整改或者整改不合格的，将依法处理。",
)


def hazard_subjects(actor: Actor, hazard_ids: Sequence[UUID]) -> list[str]:
    """The notices of some hidden hazards: one or more for each person who is to put them right.

    Raises Invalid for an absent one, Forbidden for one outside a leader's units, Conflict for one nobody puts right.
    """
    hazards = named_hazards(actor, hazard_ids)
    if len(_led(actor, hazards)) < len(hazards):
        raise Forbidden("只能处理本部门（班组）的隐患，请联系该部门负责人或安全管理员。", code="not_own_unit")
    for hazard in hazards:
        if hazard.state not in OPEN or hazard.rectifier_id is None:
            raise Conflict(
                f"{hazard.code} 现为“{hazard.state.label}”，指派了整改人、尚未销号的隐患才能打印整改通知书。",
                code="not_rectifying", facts={"state": hazard.state},
            )  # fmt: skip
    ordered = sorted(hazards, key=lambda hazard: (str(hazard.rectifier_id), hazard.code))
    return [
        _HAZARDS + ".".join(_short(hazard.id) for hazard in some)
        for _, theirs in groupby(ordered, key=lambda hazard: hazard.rectifier_id)
        for some in batched(list(theirs), MOST)
    ]


def order_subject(actor: Actor, order_id: UUID) -> str:
    """The notice of a government's rectification order. Raises Invalid for an absent one."""
    try:
        return f"{_ORDER}{orders.get_order(actor, order_id).id}"
    except NotFound:
        raise invalid_field("/rectification_order_id", "没有这份责令整改文书，请核对编号。") from None


def chosen_notices(actor: Actor, asked: Mapping[str, Any]) -> list[str]:
    """The notices an order means. Raises Invalid unless hidden hazards or a government's order are named."""
    ids, order_id = asked.get("hidden_hazard_ids"), asked.get("rectification_order_id")
    if bool(ids) == bool(order_id):
        raise Invalid("请在隐患和责令整改文书中选定一种。", code="nothing_selected")
    return [order_subject(actor, order_id)] if order_id else hazard_subjects(actor, ids or ())


def notices(actor: Actor, subjects: Sequence[str]) -> dict[str, RectificationNotice]:
    """What each subject's notice says; one whose hidden hazards have all ended is left out."""
    of_hazards = {subject: hazards_in(subject) for subject in subjects if subject.startswith(_HAZARDS)}
    papers = _orders(actor, [UUID(subject.removeprefix(_ORDER)) for subject in subjects if subject.startswith(_ORDER)])
    found = hazards_by_id(actor, {key for keys in of_hazards.values() for key in keys})
    found |= {item["hazard"].id: item["hazard"] for paper in papers.values() for item in paper["items"]}
    gathered = _Gathered(actor, found)
    own = _led(actor, list(found.values()))
    said = {
        subject: gathered.internal([found[key] for key in keys])
        for subject, keys in of_hazards.items()
        if own.issuperset(keys) and any(found[key].state in OPEN for key in keys)
    }
    said |= {subject: gathered.order(papers[subject]) for subject in subjects if subject in papers}
    return {subject: said[subject] for subject in subjects if subject in said}


def hazards_in(subject: str) -> list[UUID]:
    """The hidden hazards a subject names; none of an order's."""
    if not subject.startswith(_HAZARDS):
        return []
    return [UUID(bytes=urlsafe_b64decode(f"{each}==")) for each in subject.removeprefix(_HAZARDS).split(".")]


def concerned_by(actor: Actor, subjects: Sequence[str]) -> dict[str, set[UUID]]:
    """The ids whose events can change each notice: its hidden hazards, its order."""
    found = {subject: set(hazards_in(subject)) for subject in subjects}
    keys = {subject: UUID(subject.removeprefix(_ORDER)) for subject in subjects if subject.startswith(_ORDER)}
    papers = _orders(actor, list(keys.values()))
    for subject, paper in papers.items():
        found[subject] = {keys[subject], *(item["hazard"].id for item in paper["items"])}
    return found


class _Gathered:
    """What notices say of some hidden hazards, read once for all of them."""

    def __init__(self, actor: Actor, hazards: Mapping[UUID, HiddenHazard]) -> None:
        self.actor, self.enterprise = actor, own_enterprise(actor)
        self.places, self.photos = places_of(actor, hazards.values()), photos_of(actor, list(hazards))
        self.assigned = told_of(actor, hazards, _ASSIGNED)
        ids = {event.actor_id for told in self.assigned.values() for event in told}
        ids |= {hazard.rectifier_id for hazard in hazards.values()}
        rows = session().scalars(select(User).where(User.id.in_(ids - {None})))
        self.people, self.units = {person.id: person for person in rows}, unit_names(actor)

    def internal(self, hazards: Sequence[HiddenHazard]) -> RectificationNotice:
        """The notice of the enterprise to who is to put some hidden hazards right."""
        told = [event for hazard in hazards for event in self.assigned[hazard.id][-1:]]
        last: Event | None = max(told, key=lambda event: event.seq, default=None)
        issuer = self.people.get(last.actor_id or NOBODY) if last else None
        rectifiers = {hazard.rectifier_id: self._addressed(hazard.rectifier_id) for hazard in hazards}
        number = hazards[0].code + (f" 等 {len(hazards)} 项" if len(hazards) > 1 else "")
        major = any(hazard.gravity is Gravity.MAJOR for hazard in hazards)
        phone = f"　电话 {issuer.phone}" if issuer and issuer.phone else ""
        day = local_text(last.at)[:10] if last else ""
        return RectificationNotice(
            title=TITLE,
            enterprise=self.enterprise.name,
            issuer=self.enterprise.name,
            number=number,
            addressee="、".join(dict.fromkeys(rectifiers.values())),
            opening=f"经排查，下列 {len(hazards)} 项事故隐患由你负责整改。请按期完成，整改期间落实好临时措施。",
            items=tuple(self._item(hazard) for hazard in hazards),
            requirements=(*_REQUIREMENTS, *((_OF_MAJOR,) if major else ())),
            contact=f"联系人：{issuer.name}{phone}" if issuer else "",
            issued=(("签发单位（盖章）", ""), ("签发人（签字）", ""), ("签发日期", day)),
            received=(("接收单位", ""), ("接收人（签字）", ""), ("接收日期", "")),
            receipt=f"本人已收到 {number} 的《{TITLE}》，知晓所列隐患、整改期限和要求，将按期完成整改并提交验收。",
        )

    def order(self, paper: Mapping[str, Any]) -> RectificationNotice:
        """The notice of a government's order to the enterprise, as the office entered it."""
        order: RectificationOrder = paper["order"]
        items = paper["items"]
        officers = tuple(
            (f"检查人员{number}", f"{one['name']}（执法证号 {one['certificate']}）")
            for number, one in enumerate(order.officers, 1)
        )
        return RectificationNotice(
            title=ORDER,
            enterprise=self.enterprise.name,
            issuer=paper["office"].name,
            number=order.number,
            addressee=self.enterprise.name,
            opening=f"{order.inspected_on:%Y 年 %m 月 %d 日}对你单位（检查地点：{order.place}）检查，"
            f"发现存在下列 {len(items)} 项问题，现责令限期整改：",
            items=tuple(
                self._item(each["hazard"], clause=each["item"].clause, deadline=local_text(each["item"].deadline_at))
                for each in items
            ),
            requirements=_OF_ORDER,
            closing=order.appeal,
            issued=(*officers, ("检查单位（盖章）", "")),
            received=(("被检查单位签收", order.signed_by), ("送达日期", order.served_on.isoformat())),
            receipt=f"我单位已收到 {order.number}《{ORDER}》，知晓所列问题和整改期限，将按期整改并请求复查。",
            slip=("接收单位（盖章）", "接收人（签字）", "接收日期"),
        )

    def _item(self, hazard: HiddenHazard, *, clause: str = "", deadline: str = "") -> NoticeItem:
        photos = photos_for(self.actor, self.photos[hazard.id], Purpose.FOUND)
        return NoticeItem(
            code=hazard.code,
            gravity=hazard.gravity.label if hazard.gravity else "未定级",
            place=self.places[hazard.id],
            description=hazard.description,
            source=f"{hazard.source.label}（{hazard.channel.label}）",
            found_at=local_text(hazard.found_at),
            grounds="；".join(filter(None, (clause, grounds_of(hazard)))),
            deadline=deadline or local_text(hazard.deadline_at),
            interim_measures=hazard.interim_measures or ("" if clause else _INTERIM),
            treatment=_treatment(hazard),
            photos=photos if photos.shown else None,
        )

    def _addressed(self, person_id: UUID | None) -> str:
        person = self.people.get(person_id or NOBODY)
        if person is None:
            return ""
        unit = self.units.get(person.unit_id or NOBODY, "")
        return f"{unit}　{person.name}" if unit else person.name


def _treatment(hazard: HiddenHazard) -> str:
    """What the treatment plan of a major hidden hazard asks."""
    plan = hazard.treatment_plan or {}
    named = (
        ("goal", "目标"),
        ("measures", "措施"),
        ("funds", "经费物资"),
        ("people", "机构人员"),
        ("time_limit", "时限"),
    )
    return "\n".join(f"{label}：{plan[name]}" for name, label in named if plan.get(name))


def _orders(actor: Actor, order_ids: Sequence[UUID]) -> dict[str, dict[str, Any]]:
    """The government's orders with their offices and items, by subject."""
    if not order_ids:
        return {}
    rows = session().scalars(
        select(RectificationOrder).where(
            RectificationOrder.enterprise_id == actor.enterprise, RectificationOrder.id.in_(order_ids)
        )
    )
    return {f"{_ORDER}{paper['order'].id}": paper for paper in orders.shown(rows.all())}


def _led(actor: Actor, hazards: Sequence[HiddenHazard]) -> set[UUID]:
    """Those of the hidden hazards the actor may hand to somebody: a leader only those at points of his own units."""
    paths = unit_paths(actor, {hazard.point_id for hazard in hazards if hazard.point_id})
    return {hazard.id for hazard in hazards if actor.leads(paths.get(hazard.point_id or NOBODY))}


def _short(key: UUID) -> str:
    return urlsafe_b64encode(key.bytes).decode().rstrip("=")
