"""Where the reference is read: the document, its page, and the list of error codes, all from this host alone."""

from html import escape
from importlib.resources import files
from importlib.resources.abc import Traversable

from flask import Response

from api_docs.codes import CODES
from app.core.endpoint import ANYWHERE, PUBLIC, Routes
from app.core.errors import NotFound

routes = Routes("api_docs")

PAGE = files("api_docs").joinpath("page")
SWAGGER = files("flask_swagger_ui").joinpath("dist")
ASSETS: dict[str, tuple[Traversable, str]] = {
    "swagger-ui-bundle.js": (SWAGGER, "text/javascript"),
    "swagger-ui.css": (SWAGGER, "text/css"),
    "favicon-32x32.png": (SWAGGER, "image/png"),
    "start.js": (PAGE, "text/javascript"),
    "errors.css": (PAGE, "text/css"),
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)  # the page's own script writes style attributes and draws from data: addresses


@routes.read("/api/docs", PUBLIC, within=ANYWHERE, media_type="text/html")
def show_reference() -> Response:
    """接口参考。"""
    response = Response(_text("index.html"), mimetype="text/html")
    response.headers["Content-Security-Policy"] = POLICY
    return response


@routes.read("/api/docs/openapi.json", PUBLIC, within=ANYWHERE)
def show_document() -> Response:
    """接口文档（OpenAPI 3.1）。"""
    return Response(files("api_docs").joinpath("openapi.json").read_bytes(), mimetype="application/json")


@routes.read("/api/docs/errors", PUBLIC, within=ANYWHERE, media_type="text/html")
def show_errors() -> Response:
    """错误代码的含义和处理办法。"""
    rows = "\n".join(
        f'<tr id="{code.code}"><td><code>{code.code}</code></td><td>{code.status}</td>'
        f"<td>{escape(code.meaning)}</td><td>{escape(code.remedy)}</td></tr>"
        for code in CODES
    )
    return Response(_text("errors.html").replace("<!-- rows -->", rows), mimetype="text/html")


@routes.read("/api/docs/assets/<name>", PUBLIC, within=ANYWHERE, media_type="application/octet-stream")
def show_asset(name: str) -> Response:
    """接口参考所用的脚本和样式。"""
    if name not in ASSETS:
        raise NotFound("没有这个文件。")
    folder, media_type = ASSETS[name]
    response = Response(folder.joinpath(name).read_bytes(), mimetype=media_type)
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


def _text(name: str) -> str:
    return PAGE.joinpath(name).read_text(encoding="utf-8")
