"""The product behind Debian's nginx with the very file of ``deploy``: only names, ports and folders differ."""

import http.client
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from http.cookies import SimpleCookie
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.auth.actor import Role
from app.config import Settings
from tests.app.auth.factories import PASSWORD, make_account
from tests.conftest import ROOT
from tests.safety.intake.brokers import free_port
from tests.safety.intake.test_brokers import write_certificate

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
SITE = ROOT / "deploy" / "nginx" / "chongyang.conf"
AROUND = """
daemon off; master_process on; worker_processes 1; pid {folder}/nginx.pid; error_log stderr; {user}
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f;
    uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    include {folder}/site.conf;
}}
"""
CLIENT = "127.0.0.2"

pytestmark = pytest.mark.skipif(NGINX is None and not os.environ.get("CI"), reason="nginx is not installed")


class Front(NamedTuple):
    """Where nginx answers."""

    https: int
    http: int
    context: ssl.SSLContext


class Answer(NamedTuple):
    """What came back."""

    status: int
    headers: http.client.HTTPMessage
    text: str


def write_site(folder: Path, *, upstream: int, https: int, plain: int) -> None:
    """Write the file of ``deploy`` for this machine."""
    site = SITE.read_text()
    site = re.sub(r"\n    listen \[::\]:[^\n]*", "", site)
    for old, new in (
        ("127.0.0.1:8000", f"127.0.0.1:{upstream}"),
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("listen 443 ", f"listen 127.0.0.1:{https} "),
        ("/etc/ssl/chongyang", str(folder / "tls")),
        ("/var/log/nginx", str(folder)),
        ("chongyang.example.gov.cn", "127.0.0.1"),
    ):
        assert old in site, old
        site = site.replace(old, new)
    (folder / "site.conf").write_text(site)
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(AROUND.format(folder=folder, user=user))


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail(f"nobody listens on {port}")


def wait_until_open(port: int) -> None:
    end = time.monotonic() + 10
    while time.monotonic() < end:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    pytest.fail(f"nobody listens on {port}")


@pytest.fixture
def front(app: Flask, committed_db: Session, tmp_path: Path) -> Iterator[Front]:
    """Run gunicorn behind nginx, as the guide says."""
    settings: Settings = app.config["SETTINGS"]
    upstream, https, plain = free_port(), free_port(), free_port()
    environment = {
        **os.environ,
        "DATABASE_URL": settings.database_url,
        "CHONGYANG_OWNER_DATABASE_URL": settings.owner_database_url,
        "CHONGYANG_HOME": str(settings.home),
        "CHONGYANG_LOG_LEVEL": "ERROR",
        "CHONGYANG_WEB_WORKERS": "1",
        "CHONGYANG_HTTPS": "1",
        "CHONGYANG_TRUSTED_PROXIES": "1",
        "CHONGYANG_UPLOAD_BYTES": "100000",
        "CHONGYANG_ARGON2_MEMORY_KIB": "64",
        "CHONGYANG_METRICS_TOKEN": "looks",
        "PORT": str(upstream),
    }
    write_certificate(tmp_path / "tls")
    write_site(tmp_path, upstream=upstream, https=https, plain=plain)
    gunicorn = [sys.executable, "-m", "gunicorn", "--config", "python:app.serve", "app.serve:make_app()"]
    web = subprocess.Popen(gunicorn, env=environment, cwd=ROOT)
    nginx = subprocess.Popen([str(NGINX), "-c", str(tmp_path / "nginx.conf"), "-p", str(tmp_path)])
    try:
        wait_for(https, nginx)
        wait_for(upstream, web)
        yield Front(https, plain, ssl.create_default_context(cafile=str(tmp_path / "tls" / "server.crt")))
    finally:
        nginx.send_signal(signal.SIGTERM)
        web.send_signal(signal.SIGTERM)
        nginx.wait(20)
        web.wait(30)


def ask(
    front: Front, method: str, path: str, body: bytes | str | None = None, headers: dict[str, str] | None = None
) -> Answer:
    """Send one request over TLS, from an address of its own."""
    line = http.client.HTTPSConnection(
        "127.0.0.1", front.https, context=front.context, timeout=20, source_address=(CLIENT, 0)
    )
    try:
        line.request(method, path, body, headers or {})
        answer = line.getresponse()
        return Answer(answer.status, answer.headers, answer.read().decode())
    finally:
        line.close()


def log_in(front: Front, username: str) -> tuple[dict[str, str], Answer]:
    """Log in as a browser does; return its cookies, and what it was answered."""
    page = ask(front, "GET", "/login")
    cookies = SimpleCookie("; ".join(page.headers.get_all("Set-Cookie") or []))
    token = re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)[0]
    form = urlencode({"username": username, "password": PASSWORD, "csrf_token": token})
    headers = {
        "Cookie": "; ".join(f"{name}={morsel.value}" for name, morsel in cookies.items()),
        "Content-Type": "application/x-www-form-urlencoded",
        "Referer": f"https://127.0.0.1:{front.https}/login",
        # Somebody who says who they are: nginx knows better.
        "X-Forwarded-For": "6.6.6.6",
        "Forwarded": "for=6.6.6.6",
    }
    answer = ask(front, "POST", "/login", form, headers)
    given = SimpleCookie("; ".join(answer.headers.get_all("Set-Cookie") or []))
    return {name: morsel.value for name, morsel in given.items()}, answer


def test_the_product_behind_nginx_and_tls(front: Front, committed_db: Session) -> None:
    operator = make_account(committed_db, Role.OPERATOR)
    committed_db.commit()

    cookies, answer = log_in(front, operator.username)
    assert answer.status == 303, answer.text[:500]
    for cookie in answer.headers.get_all("Set-Cookie") or []:
        assert "Secure" in cookie, cookie
        assert "HttpOnly" in cookie, cookie
    addresses = committed_db.scalars(
        text("SELECT address FROM access_token UNION SELECT address FROM audit_entry")
    ).all()
    assert {address for address in addresses if address} == {CLIENT}

    signed_in = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
    page = ask(front, "GET", "/desk", headers=signed_in)
    assert page.status == 200
    for name in ("X-Content-Type-Options", "Strict-Transport-Security", "Content-Security-Policy", "X-Frame-Options"):
        assert len(page.headers.get_all(name) or []) == 1, name
    assert page.headers["Server"] == "nginx"
    assert page.headers["Content-Encoding"] is None

    check_live_line(front, signed_in)
    check_large_bodies(front)
    check_the_rest(front)


def check_live_line(front: Front, signed_in: dict[str, str]) -> None:
    """The first words of a live line are there at once, while it stays open."""
    line = http.client.HTTPSConnection("127.0.0.1", front.https, context=front.context, timeout=5)
    line.request("GET", "/desk/feed", headers=signed_in)
    answer = line.getresponse()
    began = time.monotonic()
    assert answer.headers["Content-Type"].startswith("text/event-stream")
    assert answer.readline().startswith(b"retry: ")
    found = b"".join(answer.readline() for _ in range(4))
    assert b"event: " in found
    assert time.monotonic() - began < 3
    assert not answer.closed
    line.close()


def check_large_bodies(front: Front) -> None:
    """What is too large for the product and what is too large for nginx are both refused in words."""
    headers = {"Content-Type": "application/json"}
    ours = ask(front, "POST", "/api/v1/auth/tokens", b'{"username": "' + b"x" * 120_000, headers)
    assert (ours.status, ours.headers["Content-Type"]) == (413, "application/problem+json")
    line = http.client.HTTPSConnection("127.0.0.1", front.https, context=front.context, timeout=5)
    line.putrequest("POST", "/api/v1/auth/tokens")
    line.putheader("Content-Length", str(30 * 2**20))
    line.endheaders()
    theirs = line.getresponse()
    assert (theirs.status, theirs.headers["Content-Type"]) == (413, "application/problem+json")
    assert "文件太大" in theirs.read().decode()
    line.close()


def check_the_rest(front: Front) -> None:
    """Plain HTTP is sent on, HTTP/2 is spoken, and numbers are for those who may see them."""
    plain = http.client.HTTPConnection("127.0.0.1", front.http, timeout=5)
    plain.request("GET", "/login?next=/desk")
    sent = plain.getresponse()
    assert (sent.status, sent.headers["Location"]) == (308, "https://127.0.0.1/login?next=/desk")
    plain.close()
    offered = ssl.create_default_context()
    offered.check_hostname, offered.verify_mode = False, ssl.CERT_NONE
    offered.set_alpn_protocols(["h2", "http/1.1"])
    with socket.create_connection(("127.0.0.1", front.https)) as raw, offered.wrap_socket(raw) as spoken:
        assert spoken.selected_alpn_protocol() == "h2"
        assert spoken.version() == "TLSv1.3"
    assert ask(front, "GET", "/metrics", headers={"Authorization": "Bearer looks"}).status == 403
    assert ask(front, "GET", "/healthz").status == 200
