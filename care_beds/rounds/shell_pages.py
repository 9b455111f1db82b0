"""What a phone needs to keep the carer's page: its service worker."""

import json
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _

from app.auth import public
from app.web.assets import asset, build_id, list_assets
from app.web.language import CHINESE, ENGLISH, HTML_LANGS, LOCALES
from app.web.security import HEADERS

# How long the page waits for the server before it opens from what the phone kept.
PATIENCE_MS = 3000
MARK = "Care-Round"
SCOPE = "/care/today"
OF_THE_ROUND = "care_beds/rounds/"
SHARED = frozenset(
    {
        *("tokens.css", "base.css", "shell.css", "icon.svg", "icons.svg"),
        *("shell.js", "strings.js", "camera.js", "camera_worker.js"),
    }
)
READER = "vendor/zxing/"

blueprint = Blueprint("care_shell", __name__, template_folder="templates", url_prefix=SCOPE)


@blueprint.get("/sw.js")
@public
def show_worker() -> Response:
    """Send the service worker of this build. It is asked for again and again, so that it must not be kept."""
    module, given = json.dumps(asset("care_beds/rounds/worker.js")), json.dumps(_config(), ensure_ascii=False)
    answer = Response(f"import {{ serve }} from {module};\n\nserve(self, {given});\n", mimetype="text/javascript")
    answer.headers["Service-Worker-Allowed"] = SCOPE
    answer.headers["Cache-Control"] = "no-cache"
    answer.add_etag()
    answer.make_conditional(request)
    return answer


def marked(page: str) -> Response:
    """Say on the carer's page of which build it is, so that a phone keeps it and nothing else."""
    answer = make_response(page)
    answer.headers[MARK] = build_id()
    return answer


def list_files() -> list[str]:
    """List the addresses of all files that the carer's page and its modules ask for."""
    start = asset("")
    files = [address for address in list_assets() if _is_of_the_round(address.removeprefix(start))]
    return [*files, *(asset(f"strings/{language}.json") for language in LOCALES)]


def _is_of_the_round(path: str) -> bool:
    return path.startswith((OF_THE_ROUND, READER)) or path in SHARED


def _config() -> dict[str, Any]:
    return {
        "build": build_id(),
        "files": list_files(),
        "page": url_for("care_round.show_today"),
        "patience_ms": PATIENCE_MS,
        "nothing": _page_for_nothing(),
        "headers": {name: value for name, value in HEADERS.items() if name != "Cache-Control"},
    }


def _page_for_nothing() -> str:
    """Write the page for a phone without a line and without a kept page: both languages, nobody's choice is known."""
    texts = {}
    for language in (CHINESE, ENGLISH):
        with force_locale(LOCALES[language]):
            texts[language] = {
                "lang": HTML_LANGS[language],
                "word": _("No line"),
                "what": _(
                    "This phone has not kept today's visits yet. Go where there is a line, and load this page again."
                ),
                "next": _("What waits in the phone is kept."),
                "again": _("Load again"),
            }
    return render_template("nothing.html", texts=texts, page=url_for("care_round.show_today"))
