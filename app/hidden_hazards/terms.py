"""The words of a hidden hazard's life (pure): its states, how grave it is, who found it and by what."""

from enum import StrEnum


class State(StrEnum):
    """Where a hidden hazard is in its life."""

    REPORTED = "reported"
    GRADED = "graded"
    RECTIFYING = "rectifying"
    PENDING_ACCEPTANCE = "pending_acceptance"
    PENDING_REVIEW = "pending_review"
    CLOSED = "closed"
    DISMISSED = "dismissed"
    DUPLICATE = "duplicate"

    @property
    def label(self) -> str:
        return _STATE_LABELS[self.value]


_STATE_LABELS = {
    "reported": "已上报",
    "graded": "已定级",
    "rectifying": "整改中",
    "pending_acceptance": "待验收",
    "pending_review": "待核查摘牌",
    "closed": "已销号",
    "dismissed": "不构成隐患",
    "duplicate": "重复隐患",
}
OPEN = (State.REPORTED, State.GRADED, State.RECTIFYING, State.PENDING_ACCEPTANCE, State.PENDING_REVIEW)
ENDED = (State.CLOSED, State.DISMISSED, State.DUPLICATE)


class Gravity(StrEnum):
    """隐患级别: general is put right at once or soon; major needs a stop, time, or help from outside."""

    GENERAL = "general"
    MAJOR = "major"

    @property
    def label(self) -> str:
        return {"general": "一般隐患", "major": "重大隐患"}[self.value]


class Source(StrEnum):
    """Who found it: the enterprise itself, the government, or the public. Never counted together."""

    SELF_CHECK = "self_check"
    GOVERNMENT = "government"
    PUBLIC = "public"

    @property
    def label(self) -> str:
        return {"self_check": "企业自查", "government": "政府检查", "public": "群众举报"}[self.value]


class Channel(StrEnum):
    """排查来源: in what kind of investigation it was found. A government's three ways are kept apart."""

    DAILY = "daily"
    COMPREHENSIVE = "comprehensive"
    PROFESSIONAL = "professional"
    SEASONAL = "seasonal"
    HOLIDAY = "holiday"
    ANALOGY = "analogy"
    RESTART = "restart"
    EXPERT = "expert"
    CONTROL_FAILED = "control_failed"
    OTHER = "other"
    INTERNAL_REPORT = "internal_report"
    ENFORCEMENT = "enforcement"
    PATROL = "patrol"
    EXPERT_SERVICE = "expert_service"
    TIP_OFF = "tip_off"

    @property
    def label(self) -> str:
        return _CHANNEL_LABELS[self.value]

    @property
    def source(self) -> Source:
        """Who finds by this channel."""
        if self in (Channel.ENFORCEMENT, Channel.PATROL, Channel.EXPERT_SERVICE):
            return Source.GOVERNMENT
        return Source.PUBLIC if self is Channel.TIP_OFF else Source.SELF_CHECK


_CHANNEL_LABELS = {
    "daily": "日常排查", "comprehensive": "综合性排查", "professional": "专业性排查", "seasonal": "季节性排查",
    "holiday": "重点时段及节假日前排查", "analogy": "事故类比排查", "restart": "复产复工前排查",
    "expert": "外聘专家诊断", "control_failed": "管控措施失效", "other": "其他排查", "internal_report": "员工内部报告",
    "enforcement": "执法检查", "patrol": "巡查", "expert_service": "专家服务", "tip_off": "群众举报",
}  # fmt: skip
USUAL_CHANNEL = {
    Source.SELF_CHECK: Channel.DAILY,
    Source.GOVERNMENT: Channel.ENFORCEMENT,
    Source.PUBLIC: Channel.TIP_OFF,
}


class StopKind(StrEnum):
    """What was stopped in imminent danger."""

    WORK = "work"
    PEOPLE = "people"
    USE = "use"

    @property
    def label(self) -> str:
        return {"work": "停止作业", "people": "撤出人员", "use": "停用设备设施"}[self.value]
