"""The kinds of risk point, hazard factor and control measure (pure), for those that know no tables too."""

from enum import StrEnum


class Category(StrEnum):
    """The six kinds of risk point."""

    PROCESS = "process"
    EQUIPMENT = "equipment"
    MATERIAL = "material"
    PLACE = "place"
    POST = "post"
    OPERATION = "operation"

    @property
    def label(self) -> str:
        return {
            "process": "工艺", "equipment": "设备", "material": "物品", "place": "场所", "post": "岗位",
            "operation": "作业",
        }[self.value]  # fmt: skip


class FactorClass(StrEnum):
    """GB/T 13861: people, things, environment, management."""

    PEOPLE = "people"
    THINGS = "things"
    ENVIRONMENT = "environment"
    MANAGEMENT = "management"

    @property
    def label(self) -> str:
        return {"people": "人的因素", "things": "物的因素", "environment": "环境因素", "management": "管理因素"}[self]


class MeasureCategory(StrEnum):
    """The five kinds of control measure."""

    ENGINEERING = "engineering"
    MANAGEMENT = "management"
    TRAINING = "training"
    PPE = "ppe"
    EMERGENCY = "emergency"

    @property
    def label(self) -> str:
        return {
            "engineering": "工程技术", "management": "安全管理", "training": "人员培训", "ppe": "个体防护",
            "emergency": "应急处置",
        }[self.value]  # fmt: skip
