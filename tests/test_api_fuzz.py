"""Whatever is sent, the API answers as its own document says, and never with a fault of ours."""

from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from app import create_app
from app.auth.actor import CANTEEN_ROLES, PROVIDER_ROLES, Role
from app.auth.models import Account
from app.config import Settings
from app.db import db
from app.tokens import new_id
from tests.app.auth.factories import bearer, make_account, make_token
from tests.care_beds.factories import make_provider
from tests.conftest import SharingClient, empty_tables
from tests.meals.lunch import make_lunch

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    unsupported_method,
]
EXAMPLES = 12
AREA_ROLES = [
    Role.OPERATOR,
    Role.INSTALLER,
    Role.GRID_WORKER,
    Role.STREET_CLERK,
    Role.DISTRICT_APPROVER,
    Role.ASSESSOR,
    Role.SUPERVISOR,
    Role.AUDITOR,
    Role.ADMINISTRATOR,
]


def list_operations() -> list[tuple[str, str]]:
    """Read the API's document from an application without a database: each method of each path."""
    settings = Settings(home=Path(mkdtemp()), database_url="postgresql://nobody@localhost:1/none", log_level="ERROR")
    document = create_app(settings).test_client().get("/api/v1/openapi.json").get_json()
    methods = {"get", "post", "put", "patch", "delete"}
    return [(path, method) for path, item in document["paths"].items() for method in item if method in methods]


@pytest.fixture(scope="module")
def api_schema(app: Flask) -> Iterator[Any]:
    """Read the API's own document from a running application with a canteen, a provider, a guest and all roles."""
    db.session.remove()
    committed_db = db.session()
    lunch = make_lunch(committed_db, SharingClient(app, app.response_class))
    lunch.guest()
    provider = make_provider(committed_db)
    callers[:] = [
        make_account(committed_db, *AREA_ROLES, area_code="330100"),
        make_account(committed_db, *CANTEEN_ROLES, area_code=lunch.canteen.area_code, canteen_id=lunch.canteen.id),
        make_account(committed_db, *PROVIDER_ROLES, area_code=provider.area_code, provider_id=provider.id),
    ]
    committed_db.commit()
    yield schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    db.session.remove()
    empty_tables(app)


callers: list[Account] = []


@pytest.mark.parametrize(("path", "method"), list_operations())
def test_the_api_keeps_its_word(api_schema: Any, path: str, method: str) -> None:
    @given(case=api_schema[path][method].as_strategy())
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
        derandomize=True,
        database=None,
    )
    def holds(case: Case) -> None:
        # Who calls changes from case to case; the call that logs out leaves the rest without a log-in, an answer too.
        headers = {**next(turns), "Idempotency-Key": new_id().hex}
        case.call_and_validate(headers=headers, checks=CHECKS)

    turns = cycle([bearer(make_token(db.session(), account)) for account in callers])
    db.session.commit()
    holds()
