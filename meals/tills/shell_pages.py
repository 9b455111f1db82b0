"""What a browser needs to keep the till: its service worker, and the manifest that makes it an app."""

import json
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _

from app.auth import public
from app.web.assets import asset, build_id, list_assets
from app.web.language import CHINESE, ENGLISH, HTML_LANGS, LOCALES
from app.web.security import HEADERS

# How long the till's page waits for the server before it opens from what it kept.
PATIENCE_MS = 2500
MARK = "Till-Shell"
SCOPE = "/till"
# The till's own modules, and of everybody's files those that its pages name; charts and htmx it has no use for.
OF_THE_TILL = "meals/till/"
VENDOR, NOT_OF_THE_TILL = "vendor/", ("vendor/echarts", "vendor/htmx", "vendor/manifest")
SHARED = frozenset(
    {
        *("tokens.css", "base.css", "shell.css", "icon.svg", "icons.svg"),
        *("shell.js", "strings.js", "camera.js", "camera_worker.js"),
    }
)
ICONS = (
    ("icon-192.png", "192x192", "any"),
    ("icon-512.png", "512x512", "any"),
    ("icon-mask.png", "512x512", "maskable"),
)
INK, GROUND = "#0f333a", "#f4f1ea"

blueprint = Blueprint("till_shell", __name__, template_folder="templates", url_prefix=SCOPE)


@blueprint.get("/sw.js")
@public
def show_worker() -> Response:
    """Send the service worker of this build. It is asked for again and again, so that it must not be kept."""
    module, given = json.dumps(asset("meals/till/worker.js")), json.dumps(_config(), ensure_ascii=False)
    answer = Response(f"import {{ serve }} from {module};\n\nserve(self, {given});\n", mimetype="text/javascript")
    answer.headers["Service-Worker-Allowed"] = SCOPE
    answer.headers["Cache-Control"] = "no-cache"
    answer.add_etag()
    answer.make_conditional(request)
    return answer


@blueprint.get("/<any(zh,en):language>.webmanifest")
@public
def show_manifest(language: str) -> Response:
    """Describe the till as an app, in the language of the page that names it."""
    with force_locale(LOCALES[language]):
        about = {
            "id": SCOPE,
            "name": _("Chongyang till"),
            "short_name": _("Till"),
            "description": _("Sells subsidised meals, also while the network is down."),
            "lang": HTML_LANGS[language],
            "start_url": SCOPE,
            "scope": SCOPE,
            "display": "standalone",
            "theme_color": INK,
            "background_color": GROUND,
            "icons": [
                {"src": asset(name), "sizes": sizes, "type": "image/png", "purpose": purpose}
                for name, sizes, purpose in ICONS
            ],
        }
    return Response(json.dumps(about, ensure_ascii=False), mimetype="application/manifest+json")


def marked(page: str, *, till_id: int, cashier_id: int | None) -> Response:
    """Say on a page of the till whose it is, so that it is kept for nobody else."""
    answer = make_response(page)
    answer.headers[MARK] = f"{build_id()} {till_id} {cashier_id or '-'}"
    return answer


def list_files() -> list[str]:
    """List the addresses of all files that the till's pages and modules ask for."""
    start = asset("")
    files = [address for address in list_assets() if _is_of_the_till(address.removeprefix(start))]
    return [*files, *(asset(f"strings/{language}.json") for language in LOCALES)]


def _is_of_the_till(path: str) -> bool:
    if path.startswith(VENDOR):
        return not path.startswith(NOT_OF_THE_TILL)
    return path.startswith(OF_THE_TILL) or path in SHARED


def _config() -> dict[str, Any]:
    return {
        "build": build_id(),
        "files": list_files(),
        "till": url_for("till.show_till"),
        "guest": url_for("till.show_guest_screen", till_id=0).removesuffix("0"),
        "patience_ms": PATIENCE_MS,
        "nothing": _page_for_nothing(),
        "headers": {name: value for name, value in HEADERS.items() if name != "Cache-Control"},
    }


def _page_for_nothing() -> str:
    """Write the page for a till without server and without a kept page: both languages, nobody's choice is known."""
    texts = {}
    for language in (CHINESE, ENGLISH):
        with force_locale(LOCALES[language]):
            texts[language] = {
                "lang": HTML_LANGS[language],
                "word": _("The server does not answer"),
                "what": _("Nobody is logged in at this till, and without the network nobody can log in here."),
                "next": _("Check the network cable, then load this page again. What waits to be sent is kept."),
                "again": _("Load again"),
            }
    return render_template("nothing.html", texts=texts, page=url_for("till.show_till"))
