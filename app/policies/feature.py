"""What policy documents hand to the application."""

from flask_babel import lazy_gettext as _l

from app.features import Feature, NavItem
from app.policies import api, commands, pages
from app.policies.access import READERS

FEATURE = Feature(
    name="policies",
    api=(api.blueprint,),
    pages=(pages.blueprint,),
    commands=(commands.policies,),
    navigation=(
        NavItem(
            endpoint="policies.list_policies", label=_l("Policies"), icon="receipt", roles=frozenset(READERS), order=60
        ),
    ),
)
