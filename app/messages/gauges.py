"""Numbers of what people are told, for /metrics."""

from app.gauges import Gauge

GAUGES = (
    Gauge(
        name="chongyang_messages",
        doc="Messages that did not leave yet, by state",
        label="state",
        sql="SELECT state, count(*) FROM message_delivery WHERE state IN ('waiting', 'given_up') GROUP BY state",
    ),
)
