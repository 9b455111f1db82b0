"""``make bench``: measure what is named (all, when nothing is), show a table, keep ``var/bench.json``."""

import sys
from collections.abc import Callable
from pathlib import Path

from bench import audit_pages, checkout, grants, import_seniors, ledger_spend, seals
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
    # Last: what it loads is for reading, and joins no chain.
    "audit_pages_1m": audit_pages.run,
}


def main() -> int:
    """Run the named measurements; exit 2 for a name that is none."""
    names = [name for name in ",".join(sys.argv[1:]).split(",") if name] or list(BENCHES)
    unknown = set(names) - set(BENCHES)
    if unknown:
        print(f"No measurement is called {', '.join(sorted(unknown))}. There are: {', '.join(BENCHES)}.")
        return 2
    figures: list[Figure] = []
    with open_world() as world:
        for name in names:
            print(f"measuring {name} ...", flush=True)
            with world.app.app_context():
                figures += BENCHES[name](world)
    keep(figures, Path("var") / "bench.json")
    print(show(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
