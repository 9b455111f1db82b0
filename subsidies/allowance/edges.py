"""What the allowance hands to the feature."""

from app.policies.kinds import register_kind
from subsidies.allowance import services
from subsidies.allowance.kind import ALLOWANCE_PROGRAMME
from subsidies.allowance.wording import explain_cause, explain_claw_back
from subsidies.wording import register_explainer

__all__ = ["services"]

register_kind(ALLOWANCE_PROGRAMME)
register_explainer("allowance", explain_cause)
register_explainer("allowance_claw_back", explain_claw_back)
