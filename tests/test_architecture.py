"""Who may know whom: every import of the product is walked, those inside functions included."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PURE_PACKAGES = ("risk_models", "qr")
ROOMS = (
    "core",
    "enterprises",
    "accounts",
    "messages",
    "evidence",
    "risks",
    "assessments",
    "controls",
    "briefings",
    "reviews",
    "library",
    "tags",
    "hidden_hazards",
    "public_reports",
    "rewards",
    "plans",
    "inspections",
    "signals",
    "supervision",
    "printing",
    "exchange",
    "web",
)
LAST = ("cli", "commands", "demo", "migrations")  # beside web: nobody in a room may know them
PLUGGED_TOGETHER = ("app/__init__.py",)  # the composition root knows every room
PURE = (
    "app/accounts/policy.py",
    "app/controls/gaps.py",
    "app/core/canonical.py",
    "app/core/errors.py",
    "app/core/fields.py",
    "app/enterprises/codes.py",
    "app/enterprises/workdays.py",
    "app/evidence/alike.py",
    "app/evidence/claims.py",
    "app/evidence/heic.py",
    "app/evidence/heic_decoder.py",
    "app/evidence/marking.py",
    "app/evidence/photos.py",
    "app/exchange/workbook/columns.py",
    "app/exchange/workbook/counting.py",
    "app/exchange/workbook/headings.py",
    "app/exchange/workbook/marking.py",
    "app/exchange/workbook/opening.py",
    "app/exchange/workbook/reading.py",
    "app/exchange/workbook/sheet.py",
    "app/exchange/workbook/template.py",
    "app/exchange/workbook/texts.py",
    "app/exchange/workbook/writing.py",
    "app/hidden_hazards/guards.py",
    "app/hidden_hazards/lifecycle.py",
    "app/hidden_hazards/terms.py",
    "app/inspections/judging.py",
    "app/library/entries.py",
    "app/library/matching.py",
    "app/library/wording.py",
    "app/plans/calendar.py",
    "app/plans/terms.py",
    "app/messages/addresses.py",
    "app/messages/formats.py",
    "app/risks/accidents.py",
    "app/risks/shapes.py",
    "app/risks/terms.py",
    "app/signals/detecting.py",
    "app/signals/photographs.py",
    "app/signals/terms.py",
    "app/supervision/rates.py",
    "app/printing/batches.py",
    "app/printing/card.py",
    "app/printing/card_layout.py",
    "app/printing/card_parts.py",
    "app/printing/cards_word.py",
    "app/printing/emergency_card.py",
    "app/printing/notice_board.py",
    "app/printing/word.py",
    "app/printing/closure_certificate.py",
    "app/printing/four_colour_map.py",
    "app/printing/filling.py",
    "app/printing/labelling.py",
    "app/printing/ledger.py",
    "app/printing/map_marks.py",
    "app/printing/page.py",
    "app/printing/pictures.py",
    "app/printing/placing.py",
    "app/printing/signs/catalogue.py",
    "app/printing/signs/choosing.py",
    "app/printing/signs/drawing.py",
    "app/printing/signs/rendering.py",
    "app/printing/check_ledger.py",
    "app/printing/forms.py",
    "app/printing/hazard_ledger.py",
    "app/printing/notice_document.py",
    "app/printing/rectification_notice.py",
    "app/printing/ruled_tables.py",
    "app/printing/tables.py",
    "app/printing/workbooks.py",
    "app/printing/yearly_plan.py",
)
READ_THE_ENVIRONMENT = {
    "app/config.py": "every setting of the product",
    "app/cli.py": "hands the whole environment on to the server it starts, and reads nothing from it",
    "qr/fonts.py": "stands on its own, and asks the operating system where caches lie",
}
FLASK_GLOBALS = {"request", "g", "session", "current_app", "has_request_context", "has_app_context", "flash"}

Import = tuple[str, frozenset[str], int]  # module, names, line


def files(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports_of(path: Path) -> Iterator[Import]:
    """Every import of a file wherever it stands, `from a import b` also as a.b, which may be a module."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, frozenset(), node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are written out in full"
            names = frozenset(alias.name for alias in node.names)
            yield node.module or "", names, node.lineno
            yield from ((f"{node.module}.{name}", frozenset(), node.lineno) for name in names)


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def room_of(path: Path) -> str:
    """The room a file belongs to: the folder below app/, or the name of a single file there."""
    return path.relative_to(ROOT / "app").parts[0].removesuffix(".py")


def imports_package(module: str, package: str) -> bool:
    return module == package or module.startswith(package + ".")


def test_every_part_of_the_product_has_its_place_in_the_order() -> None:
    parts = {room_of(path) for path in files("app")}
    assert parts <= {*ROOMS, *LAST, "config", "__init__"}


@pytest.mark.parametrize("path", files("app"), ids=named)
def test_a_room_imports_only_rooms_to_its_left(path: Path) -> None:
    room = room_of(path)
    if named(path) in PLUGGED_TOGETHER or room in LAST:
        return
    known = set(ROOMS[: ROOMS.index(room) + 1]) if room in ROOMS else set()
    for module, _, line in imports_of(path):
        parts = module.split(".")
        if parts[0] != "app":
            continue
        if len(parts) == 1:
            assert room == "web", f"{named(path)}:{line} imports the composition root"
        elif parts[1] in (*ROOMS, *LAST):
            assert parts[1] in known, f"{named(path)}:{line} imports {module}, which stands to its right"


@pytest.mark.parametrize("path", files(*PURE_PACKAGES), ids=named)
def test_the_pure_libraries_know_nothing_of_the_application(path: Path) -> None:
    for module, _, line in imports_of(path):
        for package in ("app", "flask", "flask_sqlalchemy", "sqlalchemy", "marshmallow"):
            assert not imports_package(module, package), f"{named(path)}:{line} imports {module}"


def test_the_two_pure_libraries_do_not_know_each_other_beyond_the_levels() -> None:
    for path in files("risk_models"):
        assert not any(imports_package(module, "qr") for module, _, _ in imports_of(path))


@pytest.mark.parametrize("name", PURE)
def test_pure_modules_import_neither_flask_nor_sqlalchemy(name: str) -> None:
    for module in modules_reached(ROOT / name):
        for package in ("flask", "flask_sqlalchemy", "flask_jwt_extended", "sqlalchemy"):
            assert not imports_package(module, package), f"{name} reaches {module}"


def modules_reached(path: Path) -> set[str]:
    """What a module imports, itself and through modules of the product."""
    reached: set[str] = set()
    waiting = [path]
    while waiting:
        for module, _, _ in imports_of(waiting.pop()):
            if module not in reached:
                reached.add(module)
                file = ROOT / (module.replace(".", "/") + ".py")
                if file.exists():
                    waiting.append(file)
    return reached


@pytest.mark.parametrize("path", files("app"), ids=named)
def test_inside_a_room_routes_stand_on_services_and_services_on_models(path: Path) -> None:
    own = f"app.{room_of(path)}"
    never = {
        "schemas.py": ("routes", "service"),
        "service.py": ("routes",),
        "models.py": ("routes", "service", "schemas"),
    }.get(path.name, ())
    for module, _, line in imports_of(path):
        assert module not in {f"{own}.{part}" for part in never}, f"{named(path)}:{line} imports {module}"
        if path.name == "schemas.py":
            assert not imports_package(module, "flask"), f"{named(path)}:{line}"
            assert not imports_package(module, "sqlalchemy"), f"{named(path)}:{line}"
            assert module not in ("app.core.db", "app.core.actor"), f"{named(path)}:{line} reaches for {module}"
        if path.name in ("service.py", "models.py"):
            assert not imports_package(module, "flask"), f"{named(path)}:{line} imports {module}"


@pytest.mark.parametrize("path", files("app"), ids=named)
def test_flasks_globals_live_in_routes_web_and_core_only(path: Path) -> None:
    if path.name == "routes.py" or room_of(path) in ("core", "web", "cli", "demo", "migrations"):
        return
    for module, names, line in imports_of(path):
        found = names & FLASK_GLOBALS if module == "flask" else set()
        assert not found, f"{named(path)}:{line} takes {', '.join(sorted(found))} from flask"


@pytest.mark.parametrize("path", [path for path in files("app") if named(path) != "app/core/db.py"], ids=named)
def test_only_the_transaction_in_core_commits(path: Path) -> None:
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Attribute) and node.attr == "commit":
            assert room_of(path) == "migrations", f"{named(path)}:{node.lineno} commits"


@pytest.mark.parametrize(
    "path",
    [path for path in [*files("app", *PURE_PACKAGES), ROOT / "wsgi.py"] if named(path) not in READ_THE_ENVIRONMENT],
    ids=named,
)
def test_only_the_configuration_reads_the_environment(path: Path) -> None:
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Attribute):
            assert node.attr not in ("environ", "environb", "getenv"), f"{named(path)}:{node.lineno}"
    for module, names, line in imports_of(path):
        assert not (module == "os" and names & {"environ", "environb", "getenv"}), f"{named(path)}:{line}"


@pytest.mark.parametrize("path", files("app", *PURE_PACKAGES), ids=named)
def test_a_file_stays_short_enough_to_be_read(path: Path) -> None:
    if "versions" not in path.parts:
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 400
