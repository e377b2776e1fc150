"""Where codes point, checked when the application starts: a host no code can carry would be found out on the wall."""

import logging

from app.config import SettingError, Settings
from qr import address, new_token, old_addresses
from qr.scanned import PRESENT

LONGEST_HOST = 27  # characters; beyond that the symbol grows past version 5, and its modules shrink
log = logging.getLogger("dual")


def check_addresses(settings: Settings) -> None:
    """Raise SettingError for a host or an old address that cannot be used; a host that is long is told in the log."""
    try:
        address(settings.public_host, new_token())
    except ValueError as wrong:
        raise SettingError(f"DUAL_PUBLIC_HOST：{wrong}") from None
    try:
        old = old_addresses(settings.old_addresses)
    except ValueError as wrong:
        raise SettingError(f"DUAL_OLD_ADDRESSES：{wrong}") from None
    host = settings.public_host.rpartition("//")[2]
    if any(place.host == host.lower() and place.path in PRESENT for place in old):
        raise SettingError("DUAL_OLD_ADDRESSES：其中有 DUAL_PUBLIC_HOST 现行的地址，请去掉")
    if len(host) > LONGEST_HOST:
        log.warning(
            "DUAL_PUBLIC_HOST 的主机“%s”有 %d 个字符，超过 %d 个：二维码会大于版本 5，点更密、更难扫。请尽量用短的域名",
            host, len(host), LONGEST_HOST,
        )  # fmt: skip
