"""``care_payment`` and ``bed_subsidy`` documents as tables that a clerk reads."""

from collections.abc import Sequence

from flask_babel import gettext

from app.money import yuan
from app.people.wording import ABILITY_NAMES
from app.policies.kinds import Table
from app.web.wording import join
from care_beds.beds.words import CLOSE_REASONS
from care_beds.money.policy_reading import Loaded
from care_beds.money.terms import Funder, PartMonths, Payer
from care_beds.money.words import FUNDER_NAMES, PART_MONTH_NAMES, PAYER_NAMES


def list_payment_tables(loaded: Loaded) -> Sequence[Table]:
    """Put a ``care_payment`` body into tables."""
    orders = tuple(
        (
            _say_codes(order.get("services")),
            _say_codes(order.get("programmes")),
            gettext(", then ").join(str(PAYER_NAMES[Payer(payer)]) for payer in order["payers"]),
        )
        for order in loaded["orders"]
    )
    insured = tuple(
        (", ".join(each["levels"]), _say_minutes(each["month_minutes"])) for each in loaded.get("insured", ())
    )
    return (
        Table(
            part="orders",
            title=gettext("Who is asked to pay a visit, the first line that fits counts"),
            columns=(gettext("Service"), gettext("Programme"), gettext("In this order")),
            rows=orders,
        ),
        _setting(
            "tolerance_minutes", gettext("Charged beyond the planned length"), _say_minutes(loaded["tolerance_minutes"])
        ),
        _setting(
            "subsidy_month_fen",
            gettext("The bed subsidy pays for the visits of a month"),
            gettext("at most %(amount)s yuan", amount=yuan(loaded["subsidy_month_fen"])),
        ),
        _funder_table(loaded["funders"]),
        Table(
            part="insured",
            title=gettext("What the long-term care insurance takes over"),
            columns=(gettext("Insurance level"), gettext("In a month")),
            rows=insured,
        ),
        _setting(
            "refund_grace_days",
            gettext("Points that come back after their last good day live on"),
            gettext("%(count)s days", count=loaded["refund_grace_days"]),
        ),
    )


def list_subsidy_tables(loaded: Loaded) -> Sequence[Table]:
    """Put a ``bed_subsidy`` body into tables."""
    bands = tuple(
        (
            ", ".join(str(ABILITY_NAMES[level]) for level in band.get("levels", ())) or gettext("every level"),
            _say_codes(band.get("programmes")),
            str(band["minimum_visits"]),
            _say_minutes(band["minimum_minutes"]),
            gettext("%(amount)s yuan", amount=yuan(band["month_fen"])),
        )
        for band in loaded["bands"]
    )
    columns = (
        gettext("Ability level"),
        gettext("Programme"),
        gettext("Visits, at least"),
        gettext("Time, at least"),
        gettext("A whole month"),
    )
    return (
        Table(
            part="bands",
            title=gettext("What a month is worth, the first line that fits counts"),
            columns=columns,
            rows=bands,
        ),
        _setting(
            "part_months",
            gettext("Days before service, after it, or suspended"),
            str(PART_MONTH_NAMES[PartMonths(loaded["part_months"])]),
        ),
        _setting(
            "propose_after_days",
            gettext("A month is judged after its end by"),
            gettext("%(count)s days", count=loaded["propose_after_days"]),
        ),
        _construction_table(loaded["construction"]),
        _funder_table(loaded["funders"]),
    )


def _setting(key: str, name: str, told: str) -> Table:
    return Table(part=key, title=name, columns=(gettext("Rule"), gettext("How exactly")), rows=((name, told),))


def _say_codes(codes: Sequence[str] | None) -> str:
    return ", ".join(codes) if codes else str(gettext("every one"))


def _say_minutes(minutes: int) -> str:
    return str(gettext("%(n)s minutes", n=minutes))


def _funder_table(funders: Sequence[Loaded]) -> Table:
    takes = gettext("takes it")
    return Table(
        part="funders",
        title=gettext("Who bears it"),
        columns=(gettext("Payer"), gettext("Share"), gettext("Remainder of rounding")),
        rows=tuple(
            (
                str(FUNDER_NAMES[Funder(each["funder"])]),
                f"{each['percent']}%",
                takes if each.get("remainder") or len(funders) == 1 else "",
            )
            for each in funders
        ),
    )


def _say_excused(reasons: Sequence[str] | None) -> str:
    named = join([str(CLOSE_REASONS[reason]) for reason in reasons or ()])
    return str(gettext("not on: %(reasons)s", reasons=named)) if named else ""


def _construction_table(built: Loaded) -> Table:
    def money(fen: int) -> str:
        return str(gettext("%(amount)s yuan", amount=yuan(fen)))

    adapted = gettext(
        "%(percent)s%% of the cost, at most %(amount)s yuan",
        percent=built["adaptation_percent"],
        amount=yuan(built["adaptation_at_most_fen"]),
    )
    again = gettext("after %(count)s months", count=built["again_after_months"])
    keep = gettext("the rest of %(count)s months", count=built["keep_months"]) if built.get("keep_months") else ""
    kept = (
        [(gettext("Taken back of a bed that closes earlier"), keep, _say_excused(built.get("excused")))] if keep else []
    )
    return Table(
        part="construction",
        title=gettext("What the building of a bed is paid with"),
        columns=(gettext("For what"), gettext("How much"), gettext("How many, at most")),
        rows=(
            (gettext("Programme"), _say_codes(built.get("programmes")), ""),
            (gettext("Each bed"), money(built["bed_fen"]), "1"),
            (gettext("Adaptations of the home"), adapted, ""),
            *((each["kind"], money(each["amount_fen"]), str(each["at_most"])) for each in built.get("devices", ())),
            (gettext("All of it together"), gettext("at most %(amount)s yuan", amount=yuan(built["at_most_fen"])), ""),
            (gettext("The same person again"), again, ""),
            *kept,
        ),
    )
