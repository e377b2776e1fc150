"""What the four papers of a post 两单两卡 say, as sections of tables (pure): PDF and Word are made of them.

Risk list, duty list, operation card, emergency card. A table without headings is a list of labels and texts.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reportlab.lib.colors import white

from app.printing.card_layout import ALARM, SLATE, UNFILLED
from app.printing.card_parts import reached_at
from app.printing.emergency_card import NO_STEPS
from app.printing.page import Paint, paint
from app.printing.post_content import PostCards, PostPlan, PostPoint, in_order
from app.printing.ruled_tables import Column, Line
from app.risks.terms import MeasureCategory
from risk_models import RiskLevel

TITLES = ("岗位风险清单", "岗位职责清单", "岗位操作卡", "岗位应急处置卡")
SAFE_FIRST = "先保人身安全：处置不了立即撤离并报告。"
NO_POINTS, NO_PEOPLE, NO_PLANS, NO_CHECKS, NO_SOURCES = (
    "没有按等级确定的管控责任：风险点还没有评估。",
    "没有登记人员，请安全管理员在系统中补充。",
    "没有安排排查任务，请安全管理员制定排查计划。",
    "（还没有检查内容，请在管控措施中补充）",
    "（尚未辨识危险源）",
)
_DARK, _RED = Paint(SLATE, white, ""), Paint(ALARM, white, "")


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """A table of a section; cells of the painted column stand in the middle. `nothing` is said where it is empty."""

    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    painted: int | None = None
    nothing: str = ""

    @property
    def headed(self) -> bool:
        return any(column.heading for column in self.columns)


@dataclass(frozen=True, kw_only=True, slots=True)
class Section:
    """A part of a paper under a heading of its own, with its level where it is one point's."""

    heading: str
    tables: tuple[Table, ...]
    rated: bool = False
    level: RiskLevel | None = None
    signs: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class PostPaper:
    """One of the four papers; an urgent one is red and names the telephones."""

    place: int
    sections: tuple[Section, ...]
    note: str
    largest: float
    """The largest size of its text on A4, in points."""
    urgent: bool = False

    @property
    def title(self) -> str:
        return TITLES[self.place]


_LIST, _CARD = 10.5, 15.0
_RISKS = (
    Column("风险点", 33, shared=True),
    Column("危险源", 27),
    Column("可能导致的事故", 20),
    Column("风险等级", 19),
    Column("管控措施", 52),
    Column("检查周期", 13, shared=True),
    Column("责任人", 26, shared=True),
)
_TIERS = (Column("管控层级", 24, bold=True), Column("责任单位", 38), Column("责任人", 28), Column("管控的风险点", 100))
_PEOPLE = (Column("姓名", 22, bold=True), Column("身份", 26), Column("应当做的", 116), Column("本人签字", 26))
_PLANS = (
    Column("编号", 29),
    Column("类型", 21),
    Column("排查什么", 62),
    Column("多久一次", 22),
    Column("责任人", 20),
    Column("涉及的风险点", 36),
)
_STANDING = (Column("序号", 12), Column("人人都要做到", 112), Column("依据", 66))
_CHECKS = (
    Column("序号", 16),
    Column("作业前、作业中检查什么", 58),
    Column("怎么查", 28),
    Column("合格标准", 56),
    Column("限值", 32),
)
_FACTS = (Column("", 28, bold=True), Column("", 162))
_STEPS = (Column("", 12, bold=True), Column("", 178, bold=True))


def papers_of(cards: PostCards) -> tuple[PostPaper, ...]:
    """Return the four papers, in their order."""
    return (
        PostPaper(place=0, sections=_risk_list(cards), note="等级为现状风险，未评估现状的为固有风险。", largest=_LIST),
        PostPaper(
            place=1, sections=_duty_list(cards), note="“依据”只指条款，原文以公布的法律文本为准。", largest=_LIST
        ),
        PostPaper(
            place=2, sections=tuple(map(_operation, cards.points)), note="有一项不合格，不作业，先报告。", largest=_CARD
        ),
        PostPaper(place=3, sections=tuple(map(_emergency, cards.points)), note=SAFE_FIRST, largest=_CARD, urgent=True),
    )


def _risk_list(cards: PostCards) -> tuple[Section, ...]:
    lines = tuple(line for point in cards.points for line in _risks(point))
    return (Section(heading="风险点、危险源和管控措施", tables=(Table(columns=_RISKS, lines=lines, painted=3),)),)


def _risks(point: PostPoint) -> Iterator[Line]:
    raised = f"现已升为{paint(point.raised).words}：有未销号的重大隐患或逾期隐患" if point.raised else ""
    what = (point.code, point.name, f"{point.place}（{point.category}）", paint(point.level).words)
    own = _lines(*what, raised, point.status), point.check_cycle, _lines(point.responsible, point.phone or "")
    for source in point.sources:
        controlled = "\n".join(f"{one.category.label}：{one.text}" for one in in_order(source.measures)) or UNFILLED
        shown = paint(source.level)
        accidents = "、".join(source.accident_types)
        texts = (own[0], source.name, accidents, shown.words.replace("（", "\n（"), controlled, *own[1:])
        yield Line(texts, point.code, shown if source.level else None)
    if not point.sources:
        yield Line((own[0], NO_SOURCES, "", paint(None).words, "", *own[1:]), point.code)


def _duty_list(cards: PostCards) -> tuple[Section, ...]:
    tiers = tuple(Line((one.tier, one.unit, one.person, _lines(one.points, one.lack))) for one in cards.tiers)
    people = tuple(Line((one.name, one.role, _numbered(one.duties), "")) for one in cards.people)
    plans = tuple(
        Line((one.code, one.kind, _plan(one), one.frequency, one.responsible, one.points)) for one in cards.plans
    )
    standing = tuple(Line((str(n), one.says, one.source)) for n, one in enumerate(cards.standing, 1))
    return (
        Section(
            heading="一、分级管控：谁管哪些风险点", tables=(Table(columns=_TIERS, lines=tiers, nothing=NO_POINTS),)
        ),
        Section(heading="二、每个人的职责", tables=(Table(columns=_PEOPLE, lines=people, nothing=NO_PEOPLE),)),
        Section(heading="三、排查任务", tables=(Table(columns=_PLANS, lines=plans, nothing=NO_PLANS),)),
        Section(heading="四、报告、停止作业和撤离", tables=(Table(columns=_STANDING, lines=standing),)),
    )


def _plan(plan: PostPlan) -> str:
    return _lines(plan.name, f"范围：{plan.scope}", plan.content)


def _operation(point: PostPoint) -> Section:
    measures = point.measures
    checks = tuple(
        Line((str(n), one.check + ("（需拍照）" if one.photo else ""), one.how, one.standard, one.limits))
        for n, one in enumerate((one for one in measures if one.check), 1)
    )
    controlled = tuple(
        Line((kind.label, _numbered([one.text for one in measures if one.category is kind]) or UNFILLED), "", _DARK)
        for kind in MeasureCategory
    )
    return Section(
        heading=point.heading, rated=True, level=point.level, signs=point.signs,
        tables=(
            Table(columns=_CHECKS, lines=checks, nothing=NO_CHECKS),
            _facts(*controlled),
        ),
    )  # fmt: skip


def _emergency(point: PostPoint) -> Section:
    accidents = dict.fromkeys(kind for source in point.sources for kind in source.accident_types)
    steps = tuple(Line((str(n), step), "", _RED) for n, step in enumerate(point.emergency_steps or (NO_STEPS,), 1))
    return Section(
        heading=point.heading, rated=True, level=point.level,
        tables=(
            Table(columns=_STEPS, lines=steps, painted=0),
            _facts(
                Line(("事故类型", "、".join(accidents) or UNFILLED), "", _DARK),
                Line(("防护器材", _numbered(point.equipment) or UNFILLED), "", _DARK),
                Line(("地点", point.place), "", _DARK),
                Line(("负责人", reached_at(point.responsible, point.phone)), "", _DARK),
            ),
        ),
    )  # fmt: skip


def _facts(*lines: Line) -> Table:
    return Table(columns=_FACTS, lines=lines, painted=0)


def _lines(*texts: str) -> str:
    """Texts under each other, the empty ones left out."""
    return "\n".join(filter(None, texts))


def _numbered(texts: Sequence[str]) -> str:
    """Texts as numbered lines; a single one needs no number."""
    return "\n".join(f"{n}. {text}" for n, text in enumerate(texts, 1)) if len(texts) > 1 else "".join(texts)
