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
    audit_words={
        "policy.drafted": _l("Policy drafted"),
        "policy.submitted": _l("Policy handed in"),
        "policy.published": _l("Policy published"),
        "policy.rejected": _l("Policy rejected"),
        "policy.closed": _l("Policy ended by a newer one"),
    },
    navigation=(
        NavItem(
            endpoint="policies.list_policies", label=_l("Policies"), icon="receipt", roles=frozenset(READERS), order=60
        ),
    ),
)
