"""Carers checking in with a photo, as many a second as a city does in its busiest minutes."""

import io
from collections.abc import Iterator
from itertools import islice

from PIL import Image
from sqlalchemy import create_engine, text

from app import clock
from app.auth.accounts import grant_role
from app.auth.actor import Role
from app.auth.attempts import Visitor
from app.auth.services import TokenKind, open_token
from app.clock import business_day
from app.db import transaction
from app.tokens import random_bytes
from bench.figures import Figure
from bench.load import Outcome, open_loop
from bench.world import World, new_key, open_server

PER_SECOND, SECONDS = 20, 40
VISITS, WARM_UP = PER_SECOND * SECONDS, 40
CARERS = 60
CLIENTS = 24
P95_MS = 100
PICTURES = 40
SIZE = (1280, 960)  # what the phone's page makes of a photo
BOUNDARY = "chongyang-bench"
# A provider with carers, a bed for each of some people, and one visit each: today's hours, one carer in one place.
WORLD = (
    """
    INSERT INTO care_provider (code, name, area_code, licence_number, licence_expires_on, agreement_number,
                               agreement_from, agreement_expires_on, capacity, merchant_account, state_since,
                               created_at)
    SELECT 'DOOR', 'bench', a.code, 'L', '2190-01-01', 'A', '2020-01-01', '2190-01-01', 5000,
           ledger.open_account('merchant', a.code, 'provider:DOOR', 'bench'), now(), now()
      FROM (SELECT residence_area_code AS code FROM senior ORDER BY id LIMIT 1) AS a
    """,
    """
    INSERT INTO account (name, username, password_hash, password_changed_at, created_at)
    SELECT 'bench', 'door-carer-' || n, '', now(), now() FROM generate_series(1, :carers) AS n
    """,
    """
    INSERT INTO carer (account_id, provider_id, name, phone_sealed, phone_index, id_number_sealed, id_number_index,
                       employed_from, created_at)
    SELECT a.id, p.id, 'bench', '', sha256(a.username::bytea), '', sha256(a.username::bytea), '2020-01-01', now()
      FROM account AS a, care_provider AS p WHERE a.username LIKE 'door-carer-%' AND p.code = 'DOOR'
    """,
    """
    INSERT INTO care_bed (number, senior_id, provider_id, area_code, lat, lon, programme, policy_id, since_on,
                          applied_on, applied_by, relation)
    SELECT left(s.residence_area_code, 6) || '-' || (800000 + s.id), s.id, p.id, s.residence_area_code, 30.3, 120.2,
           'public', d.id, current_date, current_date, (SELECT min(id) FROM account), 'child'
      FROM senior AS s
      JOIN care_provider AS p ON p.code = 'DOOR'
      JOIN (SELECT min(id) AS id FROM policy_document) AS d ON true
     WHERE s.residence_area_code LIKE '3301%'
       AND NOT EXISTS (SELECT FROM senior_status AS t WHERE t.senior_id = s.id AND t.status <> 'active')
     ORDER BY s.id LIMIT :visits
    """,
    """
    INSERT INTO care_visit (bed_id, senior_id, provider_id, carer_id, area_code, service, due_on, visit_on, planned,
                            made_at)
    SELECT b.id, b.senior_id, b.provider_id, c.id, b.area_code, 'bathing', :today, :today,
           tstzrange(v.begins, v.begins + interval '40 minutes'), now()
      FROM (SELECT *, row_number() OVER (ORDER BY id) - 1 AS place FROM care_bed) AS b
      JOIN LATERAL (SELECT (CAST(:today AS date) + interval '6 hours' + interval '45 minutes' * (b.place / :carers))
                           AT TIME ZONE 'Asia/Shanghai' AS begins) AS v ON true
      JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place FROM carer) AS c ON c.place = b.place % :carers
    """,
    "ANALYZE",
)


def run(world: World) -> list[Figure]:
    """Measure check-ins with a photo at a steady pace; a late answer counts from when it was due."""
    _build(world)
    with open_server(world) as server:
        requests = _requests()
        open_loop(server.port, list(islice(requests, WARM_UP)), per_second=PER_SECOND, clients=CLIENTS)
        outcome = open_loop(server.port, list(requests), per_second=PER_SECOND, clients=CLIENTS)
    _check(outcome)
    p50, p95, p99 = (outcome.quantile(share) * 1000 for share in (0.5, 0.95, 0.99))
    kept = VISITS - WARM_UP
    return [
        Figure(
            name="visit_checkins",
            value=p95,
            unit="ms p95",
            reference=None,
            ratio=None,
            aim=f"< {P95_MS} at {PER_SECOND}/s with a photo, none lost",
            met=p95 < P95_MS and outcome.lost == 0 and len(outcome.seconds) == kept,
            note=f"p50 {p50:.0f} ms, p99 {p99:.0f} ms, lost {outcome.lost}",
        )
    ]


def _build(world: World) -> None:
    engine = create_engine(world.database.addresses().owner)
    asked = {"carers": CARERS, "visits": VISITS, "today": business_day(clock.now())}
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for statement in WORLD:
            connection.execute(text(statement), asked if ":" in statement else {})
    engine.dispose()


def _requests() -> Iterator[bytes]:
    """Write a request for each visit, in the order of the beds, as its carer's phone sends it."""
    tokens = _tokens()
    pictures = [_picture() for _number in range(PICTURES)]
    with transaction() as session:
        rows = session.execute(
            text("SELECT id, carer_id FROM care_visit ORDER BY id LIMIT :most"), {"most": VISITS}
        ).all()
    for place, row in enumerate(rows):
        yield _request(row.id, token=tokens[row.carer_id], picture=pictures[place % PICTURES])


def _tokens() -> dict[int, str]:
    visitor, now = Visitor(address="127.0.0.1", label="bench"), clock.now()
    with transaction() as session:
        provider = session.execute(text("SELECT id, area_code FROM care_provider WHERE code = 'DOOR'")).one()
        carers = session.execute(text("SELECT id, account_id FROM carer WHERE provider_id = :id"), {"id": provider.id})
        found = {}
        for row in carers.all():
            post = {"role": Role.CARER, "area_code": provider.area_code, "provider_id": provider.id}
            grant_role(session, account_id=row.account_id, **post, by=None, now=now)
            opened = open_token(session, account_id=row.account_id, kind=TokenKind.BEARER, visitor=visitor, now=now)
            found[row.id] = opened.secret
    return found


def _picture() -> bytes:
    """Draw a picture with as much in it as a photo of a room: soft shapes, and the noise of a small lens."""
    rough = Image.frombytes("RGB", (32, 24), random_bytes(32 * 24 * 3)).resize(SIZE, Image.Resampling.BICUBIC)
    noise = Image.frombytes("RGB", (320, 240), random_bytes(320 * 240 * 3)).resize(SIZE, Image.Resampling.NEAREST)
    out = io.BytesIO()
    Image.blend(rough, noise, 0.06).save(out, "JPEG", quality=80)
    return out.getvalue()


def _request(visit_id: int, *, token: str, picture: bytes) -> bytes:
    fields = {
        "occurred_at": clock.now().isoformat(),
        "lat": "30.3001",
        "lon": "120.2001",
        "accuracy_m": "14",
        "fix_age_s": "2",
    }
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="picture"; filename="p.jpg"\r\n'
    parts += [f"{head}Content-Type: image/jpeg\r\n\r\n".encode(), picture, f"\r\n--{BOUNDARY}--\r\n".encode()]
    body = b"".join(parts)
    lines = (
        f"POST /api/v1/care-beds/visits/{visit_id}/check-in HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Authorization: Bearer {token}\r\nIdempotency-Key: {new_key()}\r\nAccept: application/json\r\n"
        f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return lines.encode() + body


def _check(outcome: Outcome) -> None:
    """Stop at check-ins that were not made."""
    if set(outcome.statuses) != {201}:
        raise RuntimeError(f"some check-ins were not made: {outcome.statuses}")
