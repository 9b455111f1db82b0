"""Static files under an address that changes with their content, so that browsers may keep them for good."""

import gzip
import hashlib
import json
from functools import cached_property, lru_cache
from importlib import import_module
from pathlib import Path

from babel.messages.pofile import read_po
from flask import Blueprint, Flask, Response, abort, current_app, jsonify, request, send_from_directory
from werkzeug.security import safe_join

from app.auth import public
from app.features import FEATURES
from app.web.language import CHINESE, LOCALES, TRANSLATIONS

FOREVER = "public, max-age=31536000, immutable"
OWN = Path(__file__).parent / "static"
TYPES = {".wasm": "application/wasm", ".js": "text/javascript", ".mjs": "text/javascript", ".svg": "image/svg+xml"}
SCRIPT = ".js"
TEXTS = frozenset({".css", ".js", ".mjs", ".svg"})

blueprint = Blueprint("assets", __name__, url_prefix="/assets")


class Assets:
    """The static files of the floor and of each feature that has a folder ``static``."""

    @cached_property
    def folders(self) -> dict[str, Path]:
        """Return where files lie, by the first part of their address; the floor's own have none."""
        found = {"": OWN}
        for name in FEATURES:
            folder = Path(import_module(name).__path__[0]) / "static"
            if folder.is_dir() and folder != OWN:
                found[name.rpartition(".")[2]] = folder
        return found

    @cached_property
    def build_id(self) -> str:
        """Return a short name of this very content of all files and of the words in them."""
        sums = hashlib.sha256()
        for prefix, folder in sorted(self.folders.items()):
            for path in sorted(path for path in folder.rglob("*") if path.is_file()):
                sums.update(f"{prefix}/{path.relative_to(folder).as_posix()}\n".encode())
                sums.update(path.read_bytes())
        sums.update(json.dumps(self.strings, sort_keys=True).encode())
        return sums.hexdigest()[:12]

    @cached_property
    def strings(self) -> dict[str, str]:
        """Return the Chinese of every sentence that stands in a script, from the one catalogue."""
        path = TRANSLATIONS / LOCALES[CHINESE] / "LC_MESSAGES" / "messages.po"
        if not path.exists():
            return {}
        with path.open("rb") as source:
            catalogue = read_po(source)
        return {
            str(message.id): str(message.string)
            for message in catalogue
            if message.id and message.string and any(name.endswith(SCRIPT) for name, _ in message.locations)
        }

    def find(self, path: str) -> tuple[Path, str]:
        """Return the folder and the name in it of an address."""
        first, _, rest = path.partition("/")
        return (self.folders[first], rest) if rest and first in self.folders else (OWN, path)


def set_up_assets(app: Flask) -> None:
    """Give templates ``asset()``."""
    app.extensions["assets"] = Assets()
    app.register_blueprint(blueprint)
    app.jinja_env.globals["asset"] = asset


def asset(path: str) -> str:
    """Return the address of a static file, as ``base.css`` or ``meals/till.js``."""
    return f"/assets/{build_id()}/{path}"


def build_id() -> str:
    """Return the short name of the files that are served now."""
    return _assets().build_id


def list_assets() -> list[str]:
    """Return the addresses of all static files: what a page must keep to work without the network."""
    return [
        asset("/".join(filter(None, (prefix, path.relative_to(folder).as_posix()))))
        for prefix, folder in _assets().folders.items()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    ]


@blueprint.get("/<build_id>/strings/<language>.json")
@public
def show_strings(build_id: str, language: str) -> Response:
    """Send the sentences of scripts in a language; English ones are the keys themselves."""
    if language not in LOCALES:
        abort(404)
    return _kept(jsonify(_assets().strings if language == CHINESE else {}), build_id)


@blueprint.get("/<build_id>/<path:path>")
@public
def send_asset(build_id: str, path: str) -> Response:
    """Send a static file; one asked for by an older page comes too, but is not kept."""
    folder, name = _assets().find(path)
    answer = _packed(folder, name) or send_from_directory(folder, name, mimetype=TYPES.get(Path(name).suffix))
    answer.vary.add("Accept-Encoding")
    return _kept(answer, build_id)


def _packed(folder: Path, name: str) -> Response | None:
    """Return a text packed for browsers that can unpack it: a phone with a weak signal waits a third as long."""
    if Path(name).suffix not in TEXTS or not request.accept_encodings.quality("gzip"):
        return None
    found = safe_join(str(folder), name)
    if found is None or not Path(found).is_file():
        return None
    path = Path(found)
    answer = Response(_gzip(path, path.stat().st_mtime_ns), mimetype=TYPES.get(path.suffix, "text/css"))
    answer.headers["Content-Encoding"] = "gzip"
    return answer


@lru_cache(maxsize=256)
def _gzip(path: Path, _changed_ns: int) -> bytes:
    return gzip.compress(path.read_bytes(), mtime=0)


def _kept(answer: Response, build_id: str) -> Response:
    answer.headers["Cache-Control"] = FOREVER if build_id == _assets().build_id else "no-cache"
    return answer


def _assets() -> Assets:
    found: Assets = current_app.extensions["assets"]
    return found
