"""The application factory: settings, database, extensions, then the features by name."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask
from flask_migrate import Migrate
from werkzeug.middleware.proxy_fix import ProxyFix

from app.config import Settings, read_settings
from app.db import db, engine_options, use_psycopg
from app.features import load_features
from app.logs import set_up_logs

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"


def create_app(settings: Settings | None = None, overrides: Mapping[str, Any] | None = None) -> Flask:
    """Build the application.

    :param settings: what to run with; read from the environment when left out
    :param overrides: Flask configuration that wins over all else (tests)
    :raises BadSetting: if the environment holds a setting that cannot be used
    """
    settings = settings or read_settings()
    set_up_logs(level=settings.log_level, form=settings.log_format)
    app = Flask("app", static_folder=None)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.config.update(settings.flask_config())
    app.config.update(_database_config(settings))
    app.config.update(overrides or {})
    if settings.trusted_proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.trusted_proxies, x_proto=settings.trusted_proxies)  # type: ignore[method-assign]
    db.init_app(app)
    Migrate(app, db, directory=str(MIGRATIONS))
    load_features(app)
    return app


def _database_config(settings: Settings) -> dict[str, Any]:
    application, owner = settings.database_url, settings.owner_database_url
    switch_role = bool(application) and not owner
    if not application:
        from app.embedded import EmbeddedDatabase  # noqa: PLC0415 - needed only where no database is named

        addresses = EmbeddedDatabase(settings.home).addresses()
        application, owner = addresses.application, addresses.owner
    return {
        "SQLALCHEMY_DATABASE_URI": use_psycopg(application),
        "OWNER_DATABASE_URL": use_psycopg(owner or application),
        "SQLALCHEMY_ENGINE_OPTIONS": engine_options(
            pool_size=settings.web_threads, switch_role=switch_role, prepares=settings.prepared_statements
        ),
    }
