"""Which profiles come with the library, which is a method's default, and which profile a call means."""

import tomllib
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files
from typing import Any

from risk_models.document import read_profile, write_profile
from risk_models.errors import GradingError, listed, shown
from risk_models.profile import METHODS, Profile

DEFAULTS: Mapping[str, str] = {"LS": "ls-shandong", "LEC": "lec-four"}


@lru_cache(maxsize=1)
def packaged() -> Mapping[str, Profile]:
    """Return the library's own profiles by name, LS before LEC and defaults first; read from the package once."""
    names = (entry.name for entry in files("risk_models").joinpath("profiles").iterdir())
    found = [_packaged_profile(name) for name in sorted(names) if name.endswith(".toml")]
    methods = list(METHODS)
    found.sort(key=lambda profile: (methods.index(profile.method), profile.name not in DEFAULTS.values(), profile.name))
    return {profile.name: profile for profile in found}


def profiles() -> list[dict[str, Any]]:
    """List the packaged profiles: name, title, method, edition, source, certainty, and whether it is the default."""
    return [
        {
            "name": profile.name,
            "title": profile.title,
            "method": profile.method,
            "edition": profile.edition.isoformat(),
            "source": profile.source,
            "certainty": profile.certainty,
            "default": DEFAULTS.get(profile.method) == profile.name,
        }
        for profile in packaged().values()
    ]


def describe(profile: str | Profile) -> dict[str, Any]:
    """Return a profile as a JSON-able document for a form: scales with meanings, cut-offs, edition and source.

    Numbers are text. The document has the shape `load_profile` takes, so a copy with another name is the way to an
    enterprise's own profile. Raises GradingError for an unknown name.
    """
    return write_profile(find(profile))


def load_profile(document: Mapping[str, Any]) -> Profile:
    """Return an enterprise's own profile from a document of the packaged shape, checked.

    Scales are not empty and the bands give every attainable score exactly one level, never lower for a higher score.
    The names of packaged profiles are taken. Raises GradingError that names the hole or the wrong entry.
    """
    profile = read_profile(document)
    if profile.name in packaged():
        message = f"名称 {profile.name} 已被随附的标准表占用，请另起名称：等级总是随标准表名称一起保存。"
        raise GradingError(message, code="invalid_profile")
    return profile


def find(profile: str | Profile) -> Profile:
    """Return the profile itself, or the packaged one of that name. Raises GradingError."""
    if isinstance(profile, Profile):
        return profile
    found = packaged().get(profile) if isinstance(profile, str) else None
    if found is None:
        names = list(packaged())
        message = f"没有标准表{shown(profile)}；可用：{listed(names)}。"
        raise GradingError(message, code="unknown_profile", allowed=names)
    return found


def choose(method: str, profile: str | Profile | None) -> Profile:
    """Return the profile a call means: the one given, which must be of the method, or the method's default."""
    if not isinstance(method, str) or method not in METHODS:
        message = f"没有方法{shown(method)}；可用：{listed(METHODS)}。"
        raise GradingError(message, code="unknown_method", allowed=METHODS)
    if profile is None:
        if method not in DEFAULTS:
            raise GradingError("自定义方法没有默认标准表，请给出标准表。", code="unknown_profile")
        return packaged()[DEFAULTS[method]]
    chosen = find(profile)
    if chosen.method != method:
        message = f"标准表 {chosen.name} 属于方法 {chosen.method}，不能用于 {method}。"
        raise GradingError(message, code="method_mismatch", allowed=[chosen.method])
    return chosen


def _packaged_profile(file_name: str) -> Profile:
    """Read one packaged profile; `scale` names a file of factors that several profiles share."""
    document = _toml("profiles", file_name)
    document["factors"] = _scale(document.pop("scale"))
    return read_profile(document)


def _scale(name: str) -> list[dict[str, Any]]:
    """Return a shared scale's factors; one that extends another states only the criteria that differ."""
    document = _toml("scales", f"{name}.toml")
    if "extends" not in document:
        return list(document["factors"])
    factors = _scale(document["extends"])
    for factor in factors:
        for step in factor["scale"]:
            step.get("dimensions", {}).update(document.get(factor["code"], {}).get(step["value"], {}))
    return factors


def _toml(folder: str, file_name: str) -> dict[str, Any]:
    text = files("risk_models").joinpath(folder, file_name).read_text(encoding="utf-8")
    return tomllib.loads(text, parse_float=Decimal)
