"""What the modules of the carer's page start with: all they have without a line."""

from typing import Any

from flask import url_for

from app.auth import Actor
from app.web.assets import asset
from app.web.language import HTML_LANGS, current_language
from care_beds.rounds.today import Stop


def start_document(stops: list[Stop], *, actor: Actor, server_time: str) -> dict[str, Any]:
    """Make what the page's modules need before their first call, and all they have without a line."""
    return {
        "language": HTML_LANGS[current_language()],
        "account": actor.account_id,
        "server_time": server_time,
        # A service worker that keeps the page says otherwise.
        "is_kept": False,
        "visits": [_visit(stop) for stop in stops],
        "urls": {
            "check_in": url_for("care_rounds.check_in", visit_id=0),
            "check_out": url_for("care_rounds.check_out", visit_id=0),
            "confirmation": url_for("care_rounds.confirm", visit_id=0),
            "health": "/healthz",
            "alive": url_for("auth.stay"),
            "page": url_for("care_round.show_today"),
            "worker": url_for("care_shell.show_worker"),
            "log_in": url_for("auth.show_log_in", next=url_for("care_round.show_today")),
        },
        "assets": {
            "icons": asset("icons.svg"),
            "zxing": {
                "module": asset("vendor/zxing/reader/index.js"),
                "wasm": asset("vendor/zxing/zxing_reader.wasm"),
            },
        },
    }


def _visit(stop: Stop) -> dict[str, Any]:
    return {
        "id": stop.id,
        "bed_id": stop.bed_id,
        "state": stop.state,
        "started_at": stop.started_at.isoformat() if stop.started_at else None,
        "finished_at": stop.finished_at.isoformat() if stop.finished_at else None,
        "word": stop.word,
        "lat": stop.lat,
        "lon": stop.lon,
        "radius_m": stop.radius_m,
        "least_minutes": stop.least_minutes,
    }
