"""Tokens for programs: get one, give it back."""

from typing import Any

from flask import request
from flask_smorest import Blueprint

from app import clock
from app.auth import current_actor, public, services
from app.auth.attempts import Visitor
from app.auth.guard import signed_in
from app.auth.schemas import LogInIn, TokenOut
from app.auth.services import Opened, TokenKind
from app.db import transaction

blueprint = Blueprint("tokens", __name__, url_prefix="/api/v1/auth", description="Log in and out")


@blueprint.post("/tokens")
@public
@blueprint.arguments(LogInIn)
@blueprint.response(201, TokenOut)
def open_token(body: dict[str, Any]) -> Opened:
    """Log in: exchange a user name and password for a token."""
    visitor = Visitor(address=request.remote_addr or "", label=request.user_agent.string)
    with transaction() as session:
        return services.log_in(session, **body, kind=TokenKind.BEARER, visitor=visitor, now=clock.now())


@blueprint.delete("/tokens/current")
@signed_in
@blueprint.response(204)
def close_token() -> None:
    """Log out: end the token this request came with."""
    with transaction() as session:
        services.log_out(session, actor=current_actor(), now=clock.now())
