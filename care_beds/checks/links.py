"""The rows of care that findings rest on, as pages show them: visits and carers."""

from collections.abc import Mapping, Sequence
from datetime import date

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.auth import Actor
from app.clock import business_day
from app.people.queries import names_of
from app.vault import mask_name
from care_beds.catalogue.queries import find_catalogue
from care_beds.catalogue.rules import Catalogue
from care_beds.money.queries import find_payments
from care_beds.providers.access import READERS as PROVIDER_READERS
from care_beds.providers.models import CareProvider, Carer
from care_beds.visits.access import READERS, visible_visits
from care_beds.visits.models import CareVisit
from care_beds.visits.words import STATE_NAMES
from subsidies.findings.checks import Source
from subsidies.findings.registry import SourceView, register_source

Views = Mapping[str, SourceView]
