"""Which language and text size a request is answered in: what the person chose, never a guess on pages."""

from pathlib import Path

from flask import Flask, has_request_context, request
from flask_babel import Babel, get_locale, refresh

from app.auth import find_actor
from app.auth.guard import is_bearer
from app.web.catalogue import compile_catalogue

CHINESE, ENGLISH = "zh", "en"
LOCALES = {CHINESE: "zh_Hans_CN", ENGLISH: "en"}
HTML_LANGS = {CHINESE: "zh-CN", ENGLISH: "en"}
TEXT_SIZES = ("normal", "elder", "max")
LANGUAGE_COOKIE = "language"
TEXT_SIZE_COOKIE = "text_size"
TRANSLATIONS = Path(__file__).parent / "translations"


def set_up_language(app: Flask) -> None:
    """Let Babel speak the language of each request; Chinese where nobody chose."""
    compile_catalogue()
    Babel(
        app,
        locale_selector=lambda: LOCALES[choose_language()],
        default_locale=LOCALES[CHINESE],
        default_timezone="Asia/Shanghai",
        default_translation_directories=str(TRANSLATIONS),
    )
    # Babel remembers a language with the application's context, which outlives the request in tests.
    app.before_request(refresh)


def choose_language() -> str:
    """Return the language of this request.

    Pages go by what was chosen: on the account, else in this browser. A program that sends a token has
    chosen nothing here; it says what it wants to read in ``Accept-Language``.
    """
    if not has_request_context():
        return CHINESE  # a command or a task speaks the product's first language, unless it chose one
    if request.path.startswith("/api/") and (is_bearer() or LANGUAGE_COOKIE not in request.cookies):
        return _accepted()
    actor = find_actor()
    wish = (actor.language if actor else None) or request.cookies.get(LANGUAGE_COOKIE, "")
    return wish if wish in LOCALES else CHINESE


def choose_text_size() -> str:
    """Return the text size of this request: the account's, else this browser's."""
    actor = find_actor()
    wish = (actor.text_size if actor else None) or request.cookies.get(TEXT_SIZE_COOKIE, "")
    return wish if wish in TEXT_SIZES else TEXT_SIZES[0]


def current_language() -> str:
    """Return the language being spoken, as ``zh`` or ``en``."""
    locale = get_locale()
    return ENGLISH if locale is not None and locale.language == ENGLISH else CHINESE


def _accepted() -> str:
    best = request.accept_languages.best_match(["zh-CN", "zh", "en"], default="zh-CN")
    return str(best)[:2]
