"""The one error of grading: what was refused, by a stable code, and what is allowed instead, in Chinese."""

from collections.abc import Iterable


class GradingError(ValueError):
    """A grade or a profile was refused.

    `code` is stable English: off_scale, missing_factor, surplus_factor, wrong_type, unknown_method, unknown_profile,
    method_mismatch, unknown_dimension, invalid_profile, hole, overlap or not_monotone. `factor` is the factor's code or
    None; `allowed` lists what would be accepted, as text. The message is Chinese and says the same.
    """

    def __init__(self, message: str, *, code: str, factor: str | None = None, allowed: Iterable[str] = ()) -> None:
        """Keep the message and its facts."""
        super().__init__(message)
        self.code = code
        self.factor = factor
        self.allowed = list(allowed)

    def __reduce__(self) -> tuple[object, ...]:
        """Survive pickling, which otherwise forgets keyword-only arguments."""
        return _revive, (str(self), self.code, self.factor, self.allowed)


def _revive(message: str, code: str, factor: str | None, allowed: list[str]) -> GradingError:
    return GradingError(message, code=code, factor=factor, allowed=allowed)


def listed(allowed: Iterable[str]) -> str:
    """Join what is allowed the way Chinese lists things."""
    return "、".join(allowed)


def shown(given: object) -> str:
    """Quote what was given, shortened: an error never repeats ten thousand characters."""
    if isinstance(given, int) and given.bit_length() > 64:
        return "（过大的整数）"
    text = given if isinstance(given, str) else repr(given)
    return f"“{text}”" if len(text) <= 30 else f"“{text[:30]}…”"
