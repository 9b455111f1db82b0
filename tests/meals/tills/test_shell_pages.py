"""What a browser needs to keep the till: the service worker, its list of files, the manifest, whose page it is."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.web.assets import asset, build_id
from meals.tills.shell_pages import MARK, list_files
from tests.meals.lunch import Lunch

ROOT = Path(__file__).resolve().parents[3]
MODULES = ROOT / "meals" / "static" / "till"
IMPORT = re.compile(r"""(?:from|import)\s*\(?\s*["'](\.{1,2}/[^"']+)["']""")
ADDRESS = re.compile(r"""(?:href|src)="(/assets/[^"#]+)""")


def config_of(script: str) -> dict[str, Any]:
    """Return what the worker's script hands to its module."""
    found = re.search(r"serve\(self, (\{.*\})\);", script, re.DOTALL)
    assert found
    config: dict[str, Any] = json.loads(found[1])
    return config


def test_the_worker_is_anybodys_serves_all_of_the_till_and_is_never_kept(client: FlaskClient, session: Session) -> None:
    answer = client.get("/till/sw.js")
    assert answer.status_code == 200
    assert answer.mimetype == "text/javascript"
    assert answer.headers["Service-Worker-Allowed"] == "/till"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert f'from "{asset("meals/till/worker.js")}"' in answer.text
    config = config_of(answer.text)
    assert config["build"] == build_id()
    assert (config["till"], config["guest"]) == ("/till", "/till/guest/")
    assert "script-src 'self'" in config["headers"]["Content-Security-Policy"]
    same = client.get("/till/sw.js", headers={"If-None-Match": answer.headers["ETag"]})
    assert same.status_code == 304


def test_another_build_is_another_worker(app: Flask, client: FlaskClient, session: Session) -> None:
    assets = app.extensions["assets"]
    before, first = assets.build_id, client.get("/till/sw.js")
    assets.build_id = "abcdef012345"
    try:
        second = client.get("/till/sw.js")
    finally:
        assets.build_id = before
    assert second.headers["ETag"] != first.headers["ETag"]
    assert config_of(second.text)["build"] == "abcdef012345"


def test_every_file_that_the_till_asks_for_is_kept(lunch: Lunch) -> None:
    listed = set(list_files())
    for path in ("/till", f"/till/guest/{lunch.till.id}"):
        page = lunch.client.get(path, headers=lunch.cashier).text
        assert set(ADDRESS.findall(page)) - listed == set()
    start = asset("")
    for module in MODULES.glob("*.js"):
        for imported in IMPORT.findall(module.read_text()):
            address = start + (Path("/meals/till") / imported).as_posix().lstrip("/")
            parts: list[str] = []
            for part in address.removeprefix(start).split("/"):
                parts = parts[:-1] if part == ".." else [*parts, part]
            assert start + "/".join(parts) in listed, f"{module.name} imports {imported}"
    assert asset("vendor/zxing/zxing_reader.wasm") in listed
    assert asset("strings/zh.json") in listed
    assert not [address for address in listed if "echarts" in address or "htmx" in address]


def test_every_kept_file_is_there_and_stays(client: FlaskClient, session: Session) -> None:
    for address in list_files():
        answer = client.get(address)
        answer.close()
        assert answer.status_code == 200, address
        assert "immutable" in answer.headers["Cache-Control"], address


def test_a_page_of_the_till_says_whose_it_is_and_a_choice_does_not(lunch: Lunch) -> None:
    page = lunch.client.get("/till", headers=lunch.cashier)
    build, till, cashier = page.headers[MARK].split(" ")
    assert (build, till) == (build_id(), str(lunch.till.id))
    assert cashier.isdigit()
    guest = lunch.client.get(f"/till/guest/{lunch.till.id}", headers=lunch.cashier)
    assert guest.headers[MARK] == f"{build_id()} {lunch.till.id} -"
    assert MARK not in lunch.client.get("/till/choose", headers=lunch.cashier).headers
    assert page.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(("language", "name", "lang"), [("zh", "重阳收银", "zh-CN"), ("en", "Chongyang till", "en")])
def test_the_till_installs_as_an_app(
    client: FlaskClient, session: Session, language: str, name: str, lang: str
) -> None:
    answer = client.get(f"/till/{language}.webmanifest")
    assert answer.mimetype == "application/manifest+json"
    about = json.loads(answer.text)
    assert (about["name"], about["lang"]) == (name, lang)
    assert (about["scope"], about["start_url"], about["display"]) == ("/till", "/till", "standalone")
    for icon in about["icons"]:
        picture = client.get(icon["src"])
        content = picture.data
        picture.close()
        assert content.startswith(b"\x89PNG")
        assert picture.mimetype == "image/png"
    assert {icon["sizes"] for icon in about["icons"]} == {"192x192", "512x512"}
    assert client.get("/till/de.webmanifest").status_code == 404


def test_without_a_kept_page_both_languages_say_what_to_do(client: FlaskClient, session: Session) -> None:
    page = config_of(client.get("/till/sw.js").text)["nothing"]
    assert "连不上服务器" in page
    assert "The server does not answer" in page
    assert set(ADDRESS.findall(page)) - set(list_files()) == set()
    assert "style=" not in page
    assert "<script" not in page
