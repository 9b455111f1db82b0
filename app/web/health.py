"""Whether the process lives, whether it can work, and what it did so far."""

import hmac
from functools import lru_cache

from alembic.config import Config
from alembic.script import ScriptDirectory
from flask import Blueprint, Response, current_app, jsonify, request
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest, multiprocess
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.auth import public
from app.config import settings
from app.db import db
from app.errors import Forbidden
from app.web.observation import counts_in_files

# What other features let be told beside the counters of the processes.
COLLECTORS = "metric_collectors"
LOOPBACK = frozenset({"127.0.0.1", "::1"})

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@public
def show_health() -> Response:
    """Say that the process answers."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
@public
def show_readiness() -> tuple[Response, int]:
    """Say whether the database answers and has every migration."""
    fault = find_fault()
    return jsonify(status="waiting" if fault else "ok", **({"fault": fault} if fault else {})), 503 if fault else 200


@blueprint.get("/metrics")
@public
def show_metrics() -> Response:
    """Show the counters of all processes, to this machine or to whoever holds the token."""
    if not may_read_metrics():
        raise Forbidden
    registry: CollectorRegistry = REGISTRY
    if counts_in_files():
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    standing = CollectorRegistry()
    for collector in current_app.extensions.get(COLLECTORS, ()):
        standing.register(collector)
    return Response(generate_latest(registry) + generate_latest(standing), content_type=CONTENT_TYPE_LATEST)


def find_fault() -> str:
    """Return what keeps the product from working, or nothing."""
    try:
        present = db.session.scalar(text("SELECT version_num FROM alembic_version"))
    except SQLAlchemyError:
        db.session.rollback()
        return "the database does not answer, or has no tables yet"
    finally:
        db.session.remove()
    return "" if present == head_revision() else "the database misses migrations: run flask db upgrade"


@lru_cache(maxsize=1)
def head_revision() -> str | None:
    """Return the newest migration of this version."""
    config = Config()
    config.set_main_option("script_location", str(current_app.extensions["migrate"].directory))
    return ScriptDirectory.from_config(config).get_current_head()


def may_read_metrics() -> bool:
    """Say whether the caller is this machine itself, not through a proxy, or holds the token."""
    is_forwarded = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    if request.remote_addr in LOOPBACK and not is_forwarded:
        return True
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    expected = settings().metrics_token
    return bool(expected) and hmac.compare_digest(given.encode(), expected.encode())
