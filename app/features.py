"""The names of the features, in the order they load, and what each hands to the floor."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

import click
from flask import Blueprint, Flask
from flask_babel import lazy_gettext as _l
from flask_smorest import Blueprint as ApiBlueprint

from app.config import Settings
from app.dossier import MomentSource, SeniorAct, SeniorTab, WarningSource
from app.gauges import Gauge
from app.personal_data import Hold, PersonalData

# Floor packages with edges of their own come first; a feature may use those before it.
FEATURES = (
    "app.web",
    "app.auth",
    "app.audit",
    "app.areas",
    "app.messages",
    "app.policies",
    "app.pictures",
    "app.exports",
    "app.people",
    "app.ops",
    "subsidies",
    "meals",
    "care_beds",
    "shops",
    "safety",
    "outreach",
    "portal",
    "demo",
)


# Yields each fault of a database as a line; the words that it hands to ``tell`` say what is looked at.
Proof = Callable[..., Iterator[str]]

# What the floor and the small features offer stands last in a long menu.
OFFICE = _l("Office")


@dataclass(frozen=True, kw_only=True)
class NavItem:
    """An entry of the side menu: where to, which word and icon, and for whom."""

    endpoint: str
    label: Any
    icon: str
    roles: frozenset[str]
    order: int = 50


@dataclass(frozen=True, kw_only=True)
class BarSearch:
    """The one field in the bar of all staff pages that finds something from anywhere: where to, its words, for whom.

    What is typed is sent in the body as ``query``, never in an address.
    """

    endpoint: str
    label: Any
    roles: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Feature:
    """What a feature hands over: its edges, and what others show of it.

    ``heading`` stands over its entries in a long side menu, ``bar_search`` is its field in the bar;
    ``audit_words`` name the feature's actions for readers of the audit log, and under ``field.x`` and ``reason.x``
    its fields and the reasons to choose from; ``timeline``, ``senior_tabs``, ``senior_warnings`` and
    ``senior_acts`` are what a person's page for staff shows of it (``app.dossier``); ``family_panels`` stand on the
    first page of the family and are empty where the consent does not cover what they tell; ``turn_effects`` are
    what the feature does when somebody dies, goes to hospital, moves or comes back (``app.people.turns``);
    ``day_counts`` are what it counts by place and day (``app.day_counts``); ``setup`` gets the application when it
    is built;
    ``processes`` are what runs beside the web server and the worker, by name, with the words after ``python -m``;
    ``first_start`` fills an empty database and ``greeting`` says what to tell whoever started the product,
    both in the application's context. ``personal`` says what the feature keeps of a person, so that it can be destroyed
    when it may no longer be kept, and ``holds`` what is still open and needs it; ``proofs``
    yield what is wrong with its data, for a database that was restored; ``gauges`` are numbers of its own for /metrics.
    """

    name: str
    api: Sequence[ApiBlueprint] = ()
    pages: Sequence[Blueprint] = ()
    commands: Sequence[click.Command] = ()
    tasks: Sequence[str] = ()
    schedule: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    navigation: Sequence[NavItem] = ()
    heading: Any = OFFICE
    bar_search: BarSearch | None = None
    timeline: Sequence[MomentSource] = ()
    senior_tabs: Sequence[SeniorTab] = ()
    senior_warnings: Sequence[WarningSource] = ()
    senior_acts: Sequence[SeniorAct] = ()
    family_panels: Sequence[Callable[..., str]] = ()
    turn_effects: Sequence[Any] = ()
    day_counts: Sequence[Any] = ()
    landing: Mapping[str, str] = field(default_factory=dict)
    audit_words: Mapping[str, Any] = field(default_factory=dict)
    setup: Callable[[Flask], None] | None = None
    processes: Callable[[Settings], Mapping[str, Sequence[str]]] | None = None
    first_start: Callable[[], None] | None = None
    greeting: Callable[[], str] | None = None
    personal: Sequence[PersonalData] = ()
    holds: Sequence[Hold] = ()
    proofs: Sequence[Proof] = ()
    gauges: Sequence[Gauge] = ()


def load_features(app: Flask) -> list[Feature]:
    """Import each feature's manifest and let the application know it."""
    features = []
    for name in FEATURES:
        feature: Feature = import_module(f"{name}.feature").FEATURE
        features.append(feature)
        if feature.setup:
            feature.setup(app)
        for blueprint in feature.api:
            app.extensions["api"].register_blueprint(blueprint)
        for page_blueprint in feature.pages:
            app.register_blueprint(page_blueprint)
        for command in feature.commands:
            app.cli.add_command(command)
    app.extensions["features"] = features
    return features


def loaded_features(app: Flask) -> list[Feature]:
    """Return the manifests of the running application, in loading order."""
    found: list[Feature] = app.extensions["features"]
    return found
