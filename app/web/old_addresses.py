"""Where codes once pointed: each old path is a declared, public route that leads on to the present address.

It leads on whatever the token, so it tells nobody whether one was issued; that a print with an old address still hangs
there is noted of the tag.
"""

from collections.abc import Callable

from flask import Flask, Response, request

from app.config import SettingError, Settings
from app.core.endpoint import ANYWHERE, PUBLIC, Routes
from app.core.errors import NotFound
from app.core.installation import settings
from app.tags.service import note_old_address
from app.web.forms import Lenient
from app.web.pages import onward
from qr import old_addresses
from qr.scanned import PLACE, PRESENT


def install(app: Flask, settings: Settings) -> None:
    """Give every old path its route. Raises SettingError for one that the product itself uses.

    An old host at the present path needs none: it is served as it is.
    """
    routes = Routes("old_addresses", cookie=True)
    taken = {rule.rule for rule in app.url_map.iter_rules()}
    paths = dict.fromkeys(old.path for old in old_addresses(settings.old_addresses) if old.path not in PRESENT)
    for number, path in enumerate(paths):
        rule = path.replace(PLACE, "<token>")
        if rule in taken:
            raise SettingError(f"DUAL_OLD_ADDRESSES：{path} 是本系统自己的地址，不能用作旧地址")
        routes.read(rule, PUBLIC, within=ANYWHERE, query=Lenient, media_type="text/html")(_view(number))
    app.register_blueprint(routes)


def arrived() -> str | None:
    """The token of this request if it came to an old address, which is noted; None at any other."""
    places = old_addresses(settings().old_addresses)
    found = (place.token_in(request.host, request.path, request.args) for place in places)
    token = next(filter(None, found), None)
    if token:
        note_old_address(token)
    return token


def _view(number: int) -> Callable[..., Response]:
    def old_address() -> Response:
        """旧的二维码地址：转到现行地址。"""
        token = arrived()
        if token is None:
            raise NotFound("没有这个地址，请核对。")
        return onward(f"/q/{token}", status=302)

    old_address.__name__ = f"old_address_{number}"  # each route has a name of its own
    return old_address
