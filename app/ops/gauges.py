"""Numbers of running the product, for /metrics, and the collector that sends every feature's statements."""

from collections.abc import Iterator

import structlog
from flask import current_app
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.db import transaction
from app.features import loaded_features
from app.gauges import Gauge

log = structlog.get_logger(__name__)

GAUGES = (
    Gauge(
        name="chongyang_restore_drill_age_days",
        doc="Days since restoring was tried and everything was there",
        sql="SELECT extract(epoch FROM now() - max(finished_at)) / 86400 FROM restore_drill WHERE is_good",
    ),
    Gauge(
        name="chongyang_restore_drill_good",
        doc="Whether the last drill of restoring found everything",
        sql="SELECT is_good::int FROM restore_drill ORDER BY id DESC LIMIT 1",
    ),
    Gauge(
        name="chongyang_shredding_waiting",
        doc="Lists of personal data to destroy that are not carried out, by state",
        label="state",
        sql="SELECT state, count(*) FROM shredding WHERE finished_at IS NULL AND state <> 'rejected' GROUP BY state",
    ),
    Gauge(
        name="chongyang_database_bytes",
        doc="Size of the database",
        sql="SELECT pg_database_size(current_database())",
    ),
    Gauge(
        name="chongyang_transaction_id_age",
        doc="Transactions since the oldest one that is not frozen; at two thousand million PostgreSQL stops",
        sql="SELECT age(datfrozenxid) FROM pg_database WHERE datname = current_database()",
    ),
)


class Standing(Collector):
    """What stands in the database, asked at each look; one number that fails leaves the others."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield each gauge that has a value."""
        for feature in loaded_features(current_app):
            for gauge in feature.gauges:
                family = _ask(gauge)
                if family is not None:
                    yield family


def _ask(gauge: Gauge) -> GaugeMetricFamily | None:
    family = GaugeMetricFamily(gauge.name, gauge.doc, labels=[gauge.label] if gauge.label else None)
    try:
        with transaction() as session:
            rows = session.execute(text(gauge.sql)).all()
    except SQLAlchemyError:
        log.exception("gauge cannot be read", gauge=gauge.name)
        return None
    for row in rows:
        if row[-1] is not None:
            family.add_metric([str(part) for part in row[:-1]], float(row[-1]))
    return family
