"""``make bench``: measure what is named (all, when nothing is), show a table, keep ``var/bench.json``."""

import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from bench import (
    audit_pages,
    checkout,
    city_page,
    desks,
    events,
    family_home,
    grants,
    import_seniors,
    ledger_spend,
    seals,
    till,
    visit_checkins,
    visit_payments,
    visits_day,
)
from bench.figures import Figure, keep, show
from bench.world import World, open_world

BENCHES: dict[str, Callable[[World], list[Figure]]] = {
    "ledger_spend": ledger_spend.run,
    "checkout_http": checkout.run_http,
    "checkout_steady": checkout.run_steady,
    "import_seniors": import_seniors.run,
    "grants_400k": grants.run,
    "ledger_verify_1m": seals.run_verify,
    "seal_under_load": seals.run_load,
    "family_home": family_home.run,
    "audit_pages_1m": audit_pages.run,
    "till_scan_to_green": till.run_scan,
    "till_sync_300": till.run_sync,
    "visits_day": visits_day.run_planning,
    "visit_checkins": visit_checkins.run,
    "visit_payments": visit_payments.run,
    "events_http": events.run_http,
    "events_mqtt": events.run_mqtt,
    "sweep_100k": events.run_sweep,
    "sos_latency": desks.run_latency,
    "desk_clients": desks.run_desks,
    "city_page": city_page.run,
}


def main() -> int:
    """Run the named measurements; exit 2 for a name that is none, 1 when one could not be made."""
    names = [name for name in ",".join(sys.argv[1:]).split(",") if name] or list(BENCHES)
    unknown = set(names) - set(BENCHES)
    if unknown:
        print(f"No measurement is called {', '.join(sorted(unknown))}. There are: {', '.join(BENCHES)}.")
        return 2
    figures: list[Figure] = []
    broken: list[str] = []
    for name in names:
        print(f"measuring {name} ...", flush=True)
        try:
            figures += measure(name)
        except Exception:  # noqa: BLE001 - one that breaks takes no other's figures with it
            traceback.print_exc()
            broken.append(name)
        keep(figures, Path("var") / "bench.json")
    print(show(figures))
    if broken:
        print(f"Could not be measured: {', '.join(broken)}.")
    return 1 if broken else 0


def measure(name: str) -> list[Figure]:
    """Make one measurement, in a database of its own: what another loaded would weigh on it."""
    with open_world() as world, world.app.app_context():
        found = BENCHES[name](world)
    print(show(found), flush=True)
    return found


if __name__ == "__main__":
    sys.exit(main())
