"""Everything that is kept of a person is named by a feature, or said here why it stays."""

import re

from flask import Flask
from sqlalchemy import Text

from app.db import SealedBytes, db
from app.ops import plan

# What stays, and why: amounts and what decided them, states, days; none of it names anybody.
KEPT = {
    "allowance_approval", "card", "care_bed", "checkout", "failed_scan", "finding",
    "payment_code", "senior_ability", "senior_status", "shredding_line",
    "outreach_task",
}  # fmt: skip
# Sealed, and not about a person whom the product serves: staff, carers, merchants, files that wait for hours.
OF_OTHERS = {"carer", "merchant_payee", "merchant_payee_change", "senior_import"}
# Of a later hand: each is to be looked at by whoever adds it.
PREFIXES = ("shop_",)

# Columns in which somebody types what they like; those of them that hold a code, or words about no person.
WORDS = re.compile(r"(^|_)(words|reason|why|note|answer|name|instructions|address|title)$")
CODES = {
    "assessment.reason", "bed_payback.close_reason", "bed_sticker.revoke_reason", "bed_suspension.reason",
    "care_bed.proposal_reason", "care_visit.cancel_reason", "care_visit.change_reason", "care_visit.missed_reason",
    "checkout.reversal_reason", "checkout.window_name", "checkout_fetch.reason", "delivery.cancel_reason",
    "delivery.window_name", "dispute.reason", "failed_scan.reason", "late_visit.why", "outside_level.body_name",
    "safety_gateway.name", "safety_home.away_reason", "safety_step.skipped_reason", "shop_refusal.reason",
    "shop_sale_line.name", "shredding_line.left_why", "visit_confirmation.reason", "visit_gap.reason",
    "visit_mark.no_fix_reason",
}  # fmt: skip


def test_every_table_about_a_person_is_named_or_kept_for_a_reason(app: Flask) -> None:
    named = {each.table for each in plan.list_personal()}
    forgotten = [
        table.fullname
        for table in db.metadata.sorted_tables
        if table.name not in named | KEPT
        and not table.name.startswith(PREFIXES)
        and any(key.target_fullname == "senior.id" for key in table.foreign_keys)
    ]
    assert forgotten == [], "say in the feature's personal_data.py what becomes of it, or here why it stays"


def test_every_sealed_column_is_destroyed(app: Flask) -> None:
    taken = {(each.table, column) for each in plan.list_personal() for column in each.takes}
    gone = {each.table for each in plan.list_personal() if not each.takes}
    left = [
        f"{table.name}.{column.name}"
        for table in db.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, SealedBytes)
        and (table.name, column.name) not in taken
        and table.name not in gone | OF_OTHERS
    ]
    # A number that was called is forgotten when the call is over.
    assert set(left) <= {"safety_call.phone_sealed"}


def hang_on_people() -> set[str]:
    """Return every table from which foreign keys, or the number of a payer's book, lead to a person."""
    found = {"senior"}
    while True:
        more = {
            table.name
            for table in db.metadata.sorted_tables
            if table.schema is None
            and ("home" in table.columns or any(key.column.table.name in found for key in table.foreign_keys))
        }
        if more <= found:
            return found
        found |= more


def test_every_column_of_free_words_about_a_person_is_destroyed(app: Flask) -> None:
    taken = {(each.table, column) for each in plan.list_personal() for column in each.takes}
    gone = {each.table for each in plan.list_personal() if not each.takes}
    left = {
        f"{table.name}.{column.name}"
        for table in db.metadata.sorted_tables
        if table.name in hang_on_people() - gone
        for column in table.columns
        if WORDS.search(column.name) and isinstance(column.type, Text) and (table.name, column.name) not in taken
    }
    assert left == CODES


def test_the_named_columns_are_there(app: Flask) -> None:
    for each in plan.list_personal():
        columns = set(db.metadata.tables[each.table].columns.keys())
        assert set(each.takes) <= columns, each.table
