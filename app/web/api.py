"""The HTTP API of all features together: its OpenAPI document, and the pages that show it."""

from http import HTTPStatus
from typing import Any

from flask import Blueprint, Flask, Response, current_app, jsonify, render_template
from flask_smorest import Api
from markupsafe import Markup
from marshmallow import INCLUDE, Schema, fields

from app.auth import public
from app.auth.guard import ANYONE, GATEWAYS, SIGNED_IN, TILLS, open_to

PREFIX = "/api/v1"
PROBLEM = "application/problem+json"
DESCRIPTION = """Meals, points, family care beds and safety alerts for older people, tied to one senior profile.

Get a token with `POST /api/v1/auth/tokens` and send it as `Authorization: Bearer …`. Money is integer fen
(1/100 yuan). Lists page by `?after=<cursor>&limit=` and answer `{"items", "next"}`. Refusals are problem
documents (RFC 9457) with a stable `code`; their sentences follow `Accept-Language` (zh, en)."""

blueprint = Blueprint("api", __name__)


class Problem(Schema):
    """A refusal: RFC 9457, with a stable code and, for input, what is wrong by field."""

    class Meta:
        """A refusal may carry members of its own."""

        unknown = INCLUDE

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    code = fields.String(required=True)
    detail = fields.String()
    errors = fields.Dict(keys=fields.String())


class ProblemApi(Api):
    """The API whose errors are answered by ``app.web.refusals`` and documented as problem documents."""

    ERROR_SCHEMA = Problem

    def _register_error_handlers(self) -> None:
        """Leave errors to the application's own handlers."""

    def _register_responses(self) -> None:
        """Describe every refusal as a problem document."""
        for status in HTTPStatus:
            response: dict[str, Any] = {"description": status.phrase}
            if status >= 400:
                response["content"] = {PROBLEM: {"schema": self.ERROR_SCHEMA}}
            self.spec.components.response(status.name, response, lazy=True)
        default = {"description": "A problem document", "content": {PROBLEM: {"schema": self.ERROR_SCHEMA}}}
        self.spec.components.response(self.DEFAULT_ERROR_RESPONSE_NAME, default, lazy=True)


def set_up_api(app: Flask) -> None:
    """Make the API that features put their blueprints into."""
    app.config.update(
        API_TITLE="Chongyang",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        API_SPEC_OPTIONS={"info": {"description": DESCRIPTION}},
    )
    app.extensions["api"] = ProblemApi(app)
    app.register_blueprint(blueprint)
    app.jinja_env.filters.update(api_type=type_in_words, api_text=text_in_html)


@blueprint.get(f"{PREFIX}/openapi.json")
@public
def show_openapi() -> Response:
    """Send the OpenAPI document, made from the code."""
    return jsonify(openapi_document())


@blueprint.get("/api/docs")
@public
def show_docs() -> str:
    """Show the document as a page."""
    return render_template("docs.html", document=openapi_document())


def openapi_document() -> dict[str, Any]:
    """Return the finished document: with servers, the way to log in, and who may call what."""
    document: dict[str, Any] = current_app.extensions["api"].spec.to_dict()
    document["servers"] = [{"url": "/"}]
    schemes = document.setdefault("components", {}).setdefault("securitySchemes", {})
    schemes["token"] = {"type": "http", "scheme": "bearer"}
    schemes["till"] = {"type": "http", "scheme": "till"}
    schemes["gateway"] = {"type": "http", "scheme": "bearer"}
    views = _views_by_operation()
    for path, item in document.get("paths", {}).items():
        for method, operation in item.items():
            if (path, method) in views:
                _say_who_may(operation, open_to(views[path, method]))
    return document


def _views_by_operation() -> dict[tuple[str, str], Any]:
    found = {}
    for rule in current_app.url_map.iter_rules():
        path = "".join(part if is_text else f"{{{part}}}" for is_text, part in _parts(rule))
        for method in rule.methods or ():
            found[path, method.lower()] = current_app.view_functions[rule.endpoint]
    return found


def _parts(rule: Any) -> list[tuple[bool, str]]:
    return [(not is_dynamic, part) for is_dynamic, part in rule._trace if part != "|"]


def _say_who_may(operation: dict[str, Any], roles: frozenset[str] | None) -> None:
    answers = operation.setdefault("responses", {})
    needed = ["400", "413", "429", "503"]
    if roles is ANYONE:
        operation["security"] = []
    else:
        operation["security"] = [{next(iter(roles)) if roles in (TILLS, GATEWAYS) else "token": []}]
        operation["x-roles"] = sorted(roles or ()) if roles is not SIGNED_IN else []
        needed += ["401", "403"]
    for status in needed:
        answers.setdefault(status, _PROBLEM_ANSWER)


_PROBLEM_ANSWER = {
    "description": "A problem document",
    "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


def type_in_words(schema: dict[str, Any] | None) -> Markup:
    """Write a schema's type, with a link to the schema it names."""
    if not schema:
        return Markup("")
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return Markup('<a class="more" href="#schema-{name}">{name}</a>').format(name=name)
    if schema.get("type") == "array":
        return Markup("{} list").format(type_in_words(schema.get("items")))
    kind = schema.get("type", "")
    kinds = " or ".join(kind) if isinstance(kind, list) else str(kind)
    return Markup("{} {}").format(kinds, schema.get("format", ""))


def text_in_html(text: str) -> Markup:
    """Show a description with its code marked as code."""
    parts = text.split("`")
    return Markup("").join(Markup("<code>{}</code>").format(part) if at % 2 else part for at, part in enumerate(parts))
