"""A day of 20,000 care visits: planning a month of them for 7,000 beds, beside a bare INSERT of as many rows."""

import json
from datetime import date, timedelta
from time import perf_counter

from sqlalchemy import Engine, create_engine, text

from app import clock
from app.clock import business_day
from app.config import settings
from bench.figures import Figure
from bench.world import World
from care_beds.visits.keeping import keep_ahead
from care_beds.visits.planning import Planned
from care_beds.visits.policy import EXAMPLE

BEDS, PROVIDERS, CARERS = 7_000, 50, 2_100
AIM_SECONDS, DAYS, A_DAY = 30.0, 30, 20_000

# Each bed is visited twice a day, and six days a week a third time: 20,000 visits a day. Each carer has nearly ten of
# them, one after the other, all of one provider; one carer in a hundred has let a certificate run out.
MAKE_TOWN = f"""
CREATE TEMPORARY TABLE who AS
SELECT row_number() OVER (ORDER BY s.id) - 1 AS n, s.id AS senior_id, s.residence_area_code AS area_code
  FROM senior s
 WHERE NOT EXISTS (SELECT FROM senior_status x WHERE x.senior_id = s.id AND x.status <> 'active')
   AND NOT EXISTS (SELECT FROM care_bed b WHERE b.senior_id = s.id)
 ORDER BY s.id LIMIT {BEDS};

INSERT INTO account (username, password_hash, name, password_changed_at, created_at)
SELECT 'bench-carer-' || n, 'none', '测试护理员', now(), now() FROM generate_series(0, {CARERS - 1}) AS n;
INSERT INTO policy_document (kind, area_code, valid_from, title, source, body, state, maker_id, checker_id,
                             submitted_at, decided_at, created_at)
SELECT k.kind, '330100', '2020-01-01', '{{"zh": "x", "en": "x"}}', '{{"mark": "INFER", "text": "x"}}', k.body,
       'published', (SELECT min(id) FROM account), (SELECT max(id) FROM account), now(), now(), now()
  FROM (VALUES ('visit_rules', '{json.dumps(EXAMPLE)}'::jsonb),
               ('provider_rules', '{{"required_certificates": ["care_worker", "health"], "notice_days": 60}}')
       ) AS k(kind, body)
 WHERE NOT EXISTS (SELECT FROM policy_document d WHERE d.kind = k.kind);

INSERT INTO care_provider (code, name, area_code, licence_number, licence_expires_on, agreement_number,
                           agreement_from, agreement_expires_on, capacity, merchant_account, state_since, created_at)
SELECT 'B' || lpad(n::text, 5, '0'), '测试机构', '330100', 'x', '2190-01-01', 'x', '2020-01-01', '2190-01-01', 5000,
       (SELECT min(id) FROM ledger.account), now(), now()
  FROM generate_series(0, {PROVIDERS - 1}) AS n;
CREATE TEMPORARY TABLE firm AS
SELECT substr(code, 2)::integer AS n, id FROM care_provider WHERE code ~ '^B[0-9]{{5}}$';

INSERT INTO carer (account_id, provider_id, name, phone_sealed, phone_index, id_number_sealed, id_number_index,
                   employed_from, created_at)
SELECT a.id, f.id, a.name, '\\x00', sha256(a.username::bytea), '\\x00', sha256(a.username::bytea), '2020-01-01', now()
  FROM account a JOIN firm f ON f.n = split_part(a.username, '-', 3)::integer % {PROVIDERS}
 WHERE a.username LIKE 'bench-carer-%';
CREATE TEMPORARY TABLE hand AS
SELECT split_part(a.username, '-', 3)::integer AS n, c.id, c.account_id
  FROM carer c JOIN account a ON a.id = c.account_id WHERE a.username LIKE 'bench-carer-%';
INSERT INTO carer_certificate (carer_id, kind, number, issued_on, expires_on, recorded_by, recorded_at)
SELECT id, kind, 'bench', '2020-01-01', CASE WHEN n % 100 = 0 THEN date '2020-12-31' END, account_id, now()
  FROM hand, unnest(ARRAY['care_worker', 'health']) AS kind;

INSERT INTO care_bed (number, senior_id, provider_id, area_code, programme, policy_id, state, since_on, active_during,
                      assessment_id, level, applied_on, applied_by, relation)
SELECT '330100-' || 900000 + w.n, w.senior_id, f.id, w.area_code, 'public', (SELECT min(id) FROM policy_document),
       'in_service', '2026-01-01', '[2026-01-01,)', w.n + 1, 3, '2026-01-01', (SELECT min(id) FROM account), 'child'
  FROM who w JOIN firm f ON f.n = w.n % {PROVIDERS};
INSERT INTO care_plan (bed_id, senior_id, provider_id, area_code, state, from_on, made_by, made_at)
SELECT b.id, b.senior_id, b.provider_id, b.area_code, 'draft', '2026-01-05', (SELECT min(id) FROM account), now()
  FROM care_bed b JOIN who w USING (senior_id);
INSERT INTO plan_line (plan_id, service, weekdays, start_minute, minutes, carer_id)
SELECT p.id, 'nursing', CASE k WHEN 2 THEN 63 ELSE 127 END,
       480 + (k * {BEDS} + w.n) / {CARERS} * 50, 45, h.id
  FROM care_plan p JOIN who w USING (senior_id)
 CROSS JOIN generate_series(0, 2) AS k
  JOIN hand h ON h.n = (k * {BEDS} + w.n) % {CARERS};
UPDATE care_plan p SET state = 'active', submitted_by = made_by, submitted_at = now(),
       decided_by = (SELECT max(id) FROM account), decided_at = now()
  FROM who w WHERE w.senior_id = p.senior_id AND p.state = 'draft';
"""
REFERENCE_TABLES = """
DROP SCHEMA IF EXISTS bench_visits CASCADE;
CREATE SCHEMA bench_visits;
CREATE TABLE bench_visits.care_visit (LIKE care_visit INCLUDING ALL);
"""
# As many rows under the same promises, from rows that are there: no plan is read, nobody's papers are looked at.
REFERENCE = """
INSERT INTO bench_visits.care_visit (bed_id, senior_id, provider_id, carer_id, plan_line_id, area_code, service, due_on,
                                     visit_on, planned, made_at)
SELECT bed_id, senior_id, provider_id, carer_id, plan_line_id, area_code, service, due_on, visit_on, planned, made_at
  FROM care_visit WHERE made_by IS NULL ORDER BY provider_id, due_on, lower(planned), plan_line_id
"""


def run_planning(world: World) -> list[Figure]:
    """Measure planning a month for all beds, then planning it again, and the reference."""
    owner = create_engine(world.settings.owner_database_url)
    make_town(owner)
    until = business_day(clock.now()) + timedelta(days=DAYS + 1)
    planned, seconds = _plan(until)
    again, twice = _plan(until)
    with owner.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("VACUUM ANALYZE care_visit"))
    reference = _reference(owner)
    owner.dispose()
    assert again.made == 0, "planning twice made visits twice"
    note = f"{planned.made:,.0f} visits and {planned.gaps:,.0f} gaps of {BEDS:,} beds, {PROVIDERS} providers"
    is_whole = planned.made + planned.gaps >= A_DAY * DAYS
    return [
        Figure(
            name="visits_day_planning",
            value=seconds,
            unit="s",
            reference=reference,
            ratio=seconds / reference,
            aim=f"< {AIM_SECONDS:g} s a month",
            met=seconds < AIM_SECONDS and is_whole,
            note=f"{note}; reference: bare INSERT of as many",
        ),
        Figure(
            name="visits_day_planning_again",
            value=twice,
            unit="s",
            reference=seconds,
            ratio=twice / seconds,
            aim="<= the first time",
            met=twice <= seconds,
            note="the same month once more, as every night: nothing to make",
        ),
    ]


def make_town(owner: Engine) -> None:
    """Make providers, carers, beds in service and their plans."""
    with owner.begin() as connection:
        connection.connection.cursor().execute(MAKE_TOWN)
    with owner.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("VACUUM ANALYZE"))


def _plan(until: date) -> tuple[Planned, float]:
    started = perf_counter()
    done = keep_ahead(now=clock.now(), hands=settings().posting_hands, until_on=until)
    return done, perf_counter() - started


def _reference(owner: Engine) -> float:
    with owner.begin() as connection:
        connection.connection.cursor().execute(REFERENCE_TABLES)
    started = perf_counter()
    with owner.begin() as connection:
        connection.execute(text(REFERENCE))
    return perf_counter() - started
