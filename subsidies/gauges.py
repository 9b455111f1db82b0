"""Numbers of the books for /metrics."""

from app.gauges import Gauge

GAUGES = (
    Gauge(
        name="chongyang_seal_age_seconds",
        doc="Seconds since the last seal over the books",
        sql="SELECT extract(epoch FROM now() - max(sealed_at)) FROM ledger.seal",
    ),
    Gauge(
        name="chongyang_ledger_check_age_seconds",
        doc="Seconds since the whole ledger was checked against itself",
        sql="SELECT extract(epoch FROM now() - max(finished_at)) FROM ledger_check",
    ),
    Gauge(
        name="chongyang_ledger_faults",
        doc="Faults that the last check of the ledger found",
        sql="SELECT jsonb_array_length(faults) FROM ledger_check ORDER BY id DESC LIMIT 1",
    ),
    Gauge(
        name="chongyang_seals_unsent",
        doc="Seals that were not published or sent yet, by way",
        label="channel",
        sql="SELECT channel, count(*) FROM seal_delivery WHERE done_at IS NULL GROUP BY channel",
    ),
)
