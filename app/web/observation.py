"""One log line and two counters for each request."""

import os
import time

import structlog
from flask import Flask, Response, request
from prometheus_client import Counter, Histogram

from app.tokens import new_id

REQUEST_ID = "chongyang.request_id"
STARTED = "chongyang.started"
QUIET = frozenset({"assets", "health"})

log = structlog.get_logger("chongyang.request")
requests = Counter("chongyang_requests_total", "Answers by view and status", ["view", "method", "status"])
seconds = Histogram(
    "chongyang_request_seconds",
    "Time to answer by view",
    ["view"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)


def set_up_observation(app: Flask) -> None:
    """Begin and end the observation of every request."""
    app.before_request(begin)
    app.after_request(end)


def begin() -> None:
    """Give the request a number that its log lines and its error page share."""
    request.environ[STARTED] = time.perf_counter()
    request.environ[REQUEST_ID] = new_id().hex[-12:]
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=request.environ[REQUEST_ID])


def end(answer: Response) -> Response:
    """Count the request and write its line. Neither the query nor the body is written: they may name people."""
    took = time.perf_counter() - request.environ.get(STARTED, time.perf_counter())
    view = request.endpoint or "none"
    requests.labels(view, request.method, str(answer.status_code)).inc()
    seconds.labels(view).observe(took)
    if request.blueprint not in QUIET:
        rule = request.url_rule.rule if request.url_rule else "none"
        caller = request.environ.get("chongyang.caller")
        log.info(
            "request",
            method=request.method,
            route=rule,
            status=answer.status_code,
            milliseconds=round(took * 1000, 1),
            account=caller.account_id if caller else None,
        )
    return answer


def counts_in_files() -> bool:
    """Say whether several processes add up their counters."""
    return "PROMETHEUS_MULTIPROC_DIR" in os.environ
