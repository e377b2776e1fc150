"""Which role may do what: the one table of rights. Whose business a thing is within that, its room decides."""

from enum import StrEnum


class Role(StrEnum):
    """The role of an account; one account has one, in one enterprise or one office."""

    WORKER = "worker"
    LEADER = "leader"
    SAFETY_MANAGER = "safety_manager"
    PRINCIPAL = "principal"
    REGULATOR = "regulator"
    PLATFORM_ADMIN = "platform_admin"

    @property
    def label(self) -> str:
        return LABELS[self.value]


LABELS = {
    "worker": "员工",
    "leader": "部门/班组负责人",
    "safety_manager": "安全管理员",
    "principal": "主要负责人",
    "regulator": "监管人员",
    "platform_admin": "平台管理员",
}

_WORKER = frozenset({
    "point:see",
    "inspection:record",
    "hidden-hazard:report",
    "hidden-hazard:rectify",
    "hidden-hazard:move",  # the move itself names what it takes
})  # fmt: skip
_LEADER = _WORKER | {
    "risk:identify",
    "hidden-hazard:handle",  # grade general, assign, accept
    "inspection:plan",
    "tag:keep",
    "people:see",  # names and telephones, to know whom to give work
    "print:make",
    "exchange:import",
    "exchange:export",
    "signal:see",
    "briefing:see",
    "briefing:keep",  # record who signed on paper
}
_SAFETY_MANAGER = _LEADER | {
    "risk:review",
    "hidden-hazard:handle-major",
    "extension:grant",
    "public-report:handle",
    "reward:keep",
    "channel:keep",
    "chain:export",
    "people:keep",
    "profile:keep",
}
_PRINCIPAL = _SAFETY_MANAGER | {"risk:confirm-red", "extension:grant-major"}
_REGULATOR = frozenset({
    "point:see",
    "print:make",
    "exchange:export",
    "supervision:see",
    "signal:see",
    "briefing:see",
    "finding:record",
    "finding:recheck",
    "order:issue",
    "listing:keep",
    "chain:export",
    "hidden-hazard:move",
})  # fmt: skip

RIGHTS: dict[Role, frozenset[str]] = {
    Role.WORKER: _WORKER,
    Role.LEADER: _LEADER,
    Role.SAFETY_MANAGER: _SAFETY_MANAGER,
    Role.PRINCIPAL: _PRINCIPAL,
    Role.REGULATOR: _REGULATOR,
    Role.PLATFORM_ADMIN: frozenset({"platform:run"}),
}

PERMISSIONS = frozenset[str]().union(*RIGHTS.values())
OF_ENTERPRISES = (Role.WORKER, Role.LEADER, Role.SAFETY_MANAGER, Role.PRINCIPAL)
