"""Numbers of what calls for help, for /metrics."""

from app.gauges import Gauge

GAUGES = (
    Gauge(
        name="chongyang_watch_age_seconds",
        doc="Seconds since a process that keeps homes showed that it lives, by process",
        label="name",
        sql="SELECT name, extract(epoch FROM now() - beat_at) FROM safety_watch",
    ),
    Gauge(
        name="chongyang_alerts_open",
        doc="Alerts of homes that are not closed, by lane",
        label="lane",
        sql="SELECT lane, count(*) FROM safety_incident WHERE state <> 'closed' GROUP BY lane",
    ),
)
