"""Where signals are looked at."""

from typing import Any

from app.core.actor import Actor
from app.core.endpoint import Routes
from app.core.paging import page_of
from app.signals.schemas import SignalOut, SignalQuery
from app.signals.service import list_signals

routes = Routes("signals")


@routes.read("/signals", "signal:see", query=SignalQuery, answer=SignalOut, paged=True)
def show_signals(actor: Actor, query: dict[str, Any], paging: dict[str, int]) -> dict[str, Any]:
    """列出值得再看一眼的记录，最新的在前：只是提示并附依据，不是结论，也不妨碍任何操作。"""
    return page_of(list_signals(actor, **query), **paging)
