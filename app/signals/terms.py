"""The words of signals (pure): what may be noticed about a record; each rests on data and blocks nothing."""

from enum import StrEnum


class SignalKind(StrEnum):
    """What was noticed."""

    PHOTO_REUSED = "photo_reused"
    PHOTO_ALIKE = "photo_alike"
    BEFORE_AFTER_ALIKE = "before_after_alike"
    IMPOSSIBLE_SPEED = "impossible_speed"
    ALL_NORMAL_STREAK = "all_normal_streak"
    SAME_SECOND_ANSWERS = "same_second_answers"
    FAR_FROM_POINT = "far_from_point"
    NO_FRESH_SCAN = "no_fresh_scan"
    TIMES_DISAGREE = "times_disagree"
    NOTHING_INSPECTED = "nothing_inspected"

    @property
    def label(self) -> str:
        return {
            "photo_reused": "照片重复使用", "photo_alike": "照片与以往的极相似",
            "before_after_alike": "整改前后照片极相似",
            "impossible_speed": "两次检查之间移动过快", "all_normal_streak": "连续全部正常",
            "same_second_answers": "各项在同一瞬间作答", "far_from_point": "提交地点远离风险点",
            "no_fresh_scan": "没有现场扫码", "times_disagree": "各处时间互相矛盾",
            "nothing_inspected": "各项都填不涉及，等于没有检查",
        }[self.value]  # fmt: skip
