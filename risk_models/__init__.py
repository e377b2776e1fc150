"""Risk grading: the four levels, and grades by LS, LEC or an enterprise's own method, exact and by dated profiles."""

from risk_models.catalogue import describe, load_profile, profiles
from risk_models.errors import GradingError
from risk_models.grades import Grade
from risk_models.grading import grade, grade_many, worst_of
from risk_models.levels import RiskLevel, worst
from risk_models.profile import Profile

__all__ = [
    "Grade",
    "GradingError",
    "Profile",
    "RiskLevel",
    "describe",
    "grade",
    "grade_many",
    "load_profile",
    "profiles",
    "worst",
    "worst_of",
]
