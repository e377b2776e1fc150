"""What scanning the check code of a print shows: whether the paper in hand is in force, in words and colour."""

from flask import Response

from app.core.clock import local_text
from app.printing.prints import Standing
from app.printing.routes import checked
from app.web.pages import page

SAYS = {
    Standing.CURRENT: "这张纸上的内容与系统现在的记录一致。",
    Standing.SUPERSEDED: "系统里的内容已经变动，这张纸不再有效，请换贴新打印的，并通知安全管理员。",
    Standing.WITHDRAWN: "这张纸所说的对象已停用或不存在，请取下，并通知安全管理员。",
}


def check_page(token: str) -> Response:
    """The page of a print. Raises NotFound for a code never made, TooMany."""
    found = checked(token)
    return page("paper.html", found=found, says=SAYS[found.standing], local_text=local_text)
