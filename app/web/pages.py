"""How a page is made: autoescaped templates, one style sheet named by its content, and the page of a refusal."""

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

from flask import Response, request
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.core.errors import Refusal

SCAN = re.compile(r"[A-Za-z0-9_.-]{1,150}", re.ASCII)
HERE = Path(__file__).parent
YEAR = 365 * 24 * 3600  # seconds

# What the API says to the author of a client is no help to someone who holds a phone.
SAID_OTHERWISE = {
    "id_reused": "这张表已经提交过，第一次提交的内容已保存，这一次没有保存。需要补充请重新打开页面。",
    "stale_version": "您填写期间，这条隐患已被更新。请重新打开页面，看清现在的情况再填。",
}
TITLES = {"retired": "已停用"}
FORMS = {
    "/check/": "重新打开检查页",
    "/rectify/": "重新打开整改页",
    "/accept/": "重新打开验收页",
    "/briefings/": "重新打开签收页",
    "/q/": "重新打开上报页",
    "/print-shop": "重新打开打印页",
    "/bind": "重新打开绑定页",
    "/worn": "重新打开报告页",
}  # by the beginning of their address
FOR_ENTERPRISES = (
    "现场检查和整改由企业人员进行，监管人员和平台管理员的账号不能在这里填写。如要检查，请由企业人员用本企业的账号登录。"
)


class Refilled(Refusal):
    """A form that is refused and shown again as it was filled in."""

    def __init__(self, refusal: Refusal, page: Response) -> None:
        super().__init__(refusal.detail, refusal.code, refusal.errors, refusal.facts)
        self.status, self.page = refusal.status, page


@dataclass(frozen=True)
class Asset:
    """A file the pages load, and the version in its address: another content is another address."""

    content: bytes
    version: str


@cache
def asset(name: str) -> Asset:
    """One of the pages' own files: pages.css or pages.js."""
    content = (HERE / name).read_bytes()
    return Asset(content, hashlib.sha256(content).hexdigest()[:12])


def asset_answer(name: str, media_type: str) -> Response:
    """The file, to be kept for a year: its address names its content."""
    answer = Response(asset(name).content, mimetype=media_type)
    answer.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
    return answer


def page(template: str, *, status: int = 200, **values: object) -> Response:
    """A page in HTML. It sends no referrer, for the address of a scan carries the token."""
    answer = Response(_templates().get_template(template).render(values), status=status, mimetype="text/html")
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


def onward(path: str, *, status: int = 303) -> Response:
    """Go on to another page: after a form by GET (303), or from an address of before (302)."""
    answer = Response(status=status, headers={"Location": path})
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


def error_page(refusal: Refusal) -> Response:
    """A refusal as a page that says what happened and where to go on; whoever is not signed in is sent to do so."""
    if isinstance(refusal, Refilled):
        return refusal.page
    again_words = next((words for start, words in FORMS.items() if request.path.startswith(start)), "")
    unsaved = bool(again_words) and request.method == "POST"
    if refusal.status == 401:
        lost = {"unsaved": "1"} if unsaved else {}
        return onward("/sign-in?" + urlencode({"next": _again() if again_words else "/", **lost}, safe="/"))
    # Everyone of an enterprise may open these forms, so whoever may not is of an office or of the platform.
    outsider = refusal.status == 403 and request.path.startswith(("/check/", "/rectify/")) and not unsaved
    return page(
        "refusal.html",
        status=refusal.status,
        title=TITLES.get(refusal.code, refusal.title),
        detail=FOR_ENTERPRISES if outsider else SAID_OTHERWISE.get(refusal.code, refusal.detail),
        unsaved=unsaved,
        merged_into=refusal.facts.get("merged_into"),
        again=_again() if refusal.status != 404 else "",
        again_words=again_words,
    )


def _again() -> str:
    """The address of the form, with the scan that led to it: signing in or opening it again is no second scan."""
    scan = request.args.get("scan", "")
    return request.path + (f"?scan={scan}" if SCAN.fullmatch(scan) else "")


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["address_of"] = lambda name: f"/{name}?v={asset(name).version}"
    return environment
