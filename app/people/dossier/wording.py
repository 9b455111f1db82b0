"""Tabs, kinds of notes and purposes of a printed file, in words."""

from typing import Any

from flask_babel import lazy_gettext as _l

from app.people.dossier.rules import NoteKind

KIND_NAMES: dict[str, Any] = {
    NoteKind.PLAIN: _l("Plain, for everybody who sees the person"),
    NoteKind.CONFIDENTIAL: _l("Confidential, shown only with a reason"),
}
