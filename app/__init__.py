"""The product's one composition root: what is plugged together, in order."""

import logging
from collections.abc import Callable
from functools import partial
from uuid import UUID

from flask import Flask

from api_docs import reference
from app import cli
from app.accounts import routes as accounts
from app.accounts import service as accounts_service
from app.accounts import tokens
from app.accounts.policy import PERMISSIONS
from app.assessments import routes as assessments
from app.briefings import routes as briefings
from app.briefings.occasions import levels_confirmed
from app.config import Settings
from app.controls import routes as controls
from app.core import handlers, headers, health, jobs
from app.core.actor import Actor
from app.core.db import db, prepare_engine
from app.core.endpoint import PUBLIC, SIGNED_IN, Door
from app.core.pace import Pace
from app.core.safety import check_algorithm, check_database
from app.core.storage import Store
from app.enterprises import routes as enterprises
from app.enterprises import scope
from app.evidence import routes as evidence
from app.evidence.parts import settle_parts
from app.exchange import imports
from app.exchange import routes as exchange
from app.exchange import service as exchange_service
from app.hidden_hazards import routes as hidden_hazards
from app.hidden_hazards.escalating import escalate_overdue
from app.hidden_hazards.overdue import settle_overdue
from app.hidden_hazards.reminding import remind_of_acceptance
from app.inspections import routes as inspections
from app.library import routes as library
from app.messages import routes as messages
from app.messages.chain_heads import send_chain_heads
from app.messages.outbox import deliver_waiting
from app.messages.sending import Sender
from app.plans import routes as plans
from app.plans.ticking import settle_tasks
from app.printing import kinds, making, orders
from app.printing import routes as printing
from app.public_reports import routes as public_reports
from app.reviews import routes as reviews
from app.rewards import routes as rewards
from app.risks import routes as risks
from app.signals import routes as signals
from app.signals.settling import settle_signals
from app.signals.subjects import caption_of
from app.supervision import routes as supervision
from app.tags import routes as tags
from app.tags.addresses import check_addresses
from app.web import old_addresses, pages, print_routes, tag_routes
from app.web import routes as web

API = "/api/v1"
ROOMS = (
    enterprises.routes,
    accounts.routes,
    messages.routes,
    evidence.routes,
    risks.routes,
    assessments.routes,
    controls.routes,
    briefings.routes,
    reviews.routes,
    library.routes,
    tags.routes,
    hidden_hazards.routes,
    public_reports.routes,
    rewards.routes,
    plans.routes,
    inspections.routes,
    signals.routes,
    supervision.routes,
    printing.routes,
    exchange.routes,
)

JOBS: dict[str, jobs.Handler] = {
    exchange_service.CHECK: imports.check_workbook,
    exchange_service.APPLICATION: imports.apply_workbook,
    orders.JOB: making.make,
}


def create_app(settings: Settings | None = None) -> Flask:
    """The application, wired and checked. Raises UndeclaredRoute for a route that names no known permission."""
    settings = settings or Settings.from_environment()
    check_algorithm(settings.chain_algorithm)
    check_addresses(settings)
    settings.instance.mkdir(parents=True, exist_ok=True)
    app = Flask(__name__, static_folder=None)
    app.config.update(SETTINGS=settings, SQLALCHEMY_DATABASE_URI=settings.served_database)
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {
        "hide_parameters": True,  # no token or name of a person in a log
        "pool_size": settings.database_connections,
        "max_overflow": settings.database_connections,
        "pool_use_lifo": True,  # the connection used last has its statements prepared
    }
    logging.getLogger("dual").setLevel(logging.INFO)
    logging.getLogger("PIL").setLevel(logging.INFO)  # below that it writes what a photo says of its phone and place

    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
        check_database(db.engine)
    tokens.set_up(app, settings)
    app.extensions["store"] = Store(settings.photo_folder, min_free_bytes=settings.min_free_bytes)
    app.extensions["prints"] = Store(settings.print_folder, min_free_bytes=settings.min_free_bytes)
    kinds.register_all()
    app.extensions["pace"] = Pace()
    app.extensions["sender"] = Sender.of(settings)
    app.extensions["door"] = Door(
        authenticate=_authenticate, recheck=accounts_service.recheck, place=_place, act_for=accounts_service.act_for
    )

    app.extensions["caption_of"] = caption_of
    app.extensions["levels_confirmed"] = levels_confirmed

    for room in ROOMS:
        app.register_blueprint(room, url_prefix=API)
    jobs.install(app, JOBS, ticks=ticks_of(app), background=settings.background_jobs)
    app.register_blueprint(health.routes)
    app.register_blueprint(reference.routes)
    app.register_blueprint(web.routes)
    app.register_blueprint(print_routes.routes)
    app.register_blueprint(tag_routes.routes)
    old_addresses.install(app, settings)
    headers.install(app)
    handlers.install(app, error_page=pages.error_page)
    check_declared(app)
    cli.install(app)
    return app


def ticks_of(app: Flask) -> tuple[Callable[[], object], ...]:
    """What time alone does, in order; what leaves for the outside last, so that it carries the rest at once."""
    return (
        settle_parts,
        orders.forget_expired,
        settle_signals,
        settle_overdue,
        settle_tasks,
        escalate_overdue,
        remind_of_acceptance,
        send_chain_heads,
        partial(deliver_waiting, app),
    )


class UndeclaredRoute(Exception):
    """A route that would be reachable without a declared permission."""


def check_declared(app: Flask) -> None:
    """Refuse to start with a route that declares no permission, or one that no role could hold."""
    for rule in app.url_map.iter_rules():
        declared = getattr(app.view_functions[rule.endpoint], "declared", None)
        if declared is None or declared.permission not in PERMISSIONS | {PUBLIC, SIGNED_IN}:
            raise UndeclaredRoute(f"{rule.rule} declares no known permission")
        if declared.once and declared.body and "id" not in declared.body().fields:
            raise UndeclaredRoute(f"{rule.rule} happens once, but its body carries no id")


def _authenticate(cookie: bool) -> Actor:
    claims = tokens.presented(cookie=cookie)
    return accounts_service.actor_of(claims.user_id, claims.sign_in_id)


def _place(actor: Actor, enterprise_id: UUID | None) -> Actor:
    return scope.place(actor, enterprise_id)
