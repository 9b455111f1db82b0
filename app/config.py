"""Every setting of the product: read once from the environment, checked at start."""

import base64
import binascii
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from flask import current_app

from app.vault import load_or_make_key

PREFIX = "CHONGYANG_"
BARE_NAMES = {"database_url": "DATABASE_URL", "celery_broker_url": "CELERY_BROKER_URL", "port": "PORT"}


class BadSetting(Exception):
    """A setting in the environment cannot be used; the message says which and why."""


def _doc(default: Any, doc: str) -> Any:
    return field(default=default, metadata={"doc": doc})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What an operator may set. ``docs/operations.md`` lists them; a test holds that list complete."""

    home: Path = _doc(Path("var"), "Directory for the embedded database, queues, keys and logs.")
    database_url: str = _doc("", "PostgreSQL 15 or later. Empty: the embedded database under the home directory.")
    owner_database_url: str = _doc(
        "", "Log-in that owns the tables and runs migrations. Empty: the one of DATABASE_URL."
    )
    prepared_statements: bool = _doc(
        True, "Let the database keep plans between transactions. 0 behind PgBouncer before 1.21 in transaction mode."
    )
    celery_broker_url: str = _doc("", "Redis or RabbitMQ. Empty: message files under the home directory.")
    port: int = _doc(8000, "Port of the web server.")
    bind: str = _doc("127.0.0.1", "Address the web server listens on.")
    web_workers: int = _doc(2, "Web server processes.")
    web_threads: int = _doc(16, "Threads of each web server process, and size of its database pool.")
    desk_slots: int = _doc(
        16,
        "Live alert desks of each web server process, each on a thread beside the others. Further ones ask by turns.",
    )
    posting_hands: int = _doc(2, "Database connections that post one grant run at a time.")
    secret_key: str = _doc("", "Signs sessions and CSRF tokens. Empty: made once under the home directory.")
    vault_key: str = _doc(
        "", "32 bytes in base64; seals ID numbers and phones. Empty: made once under the home directory. Keep a copy."
    )
    vault_old_keys: str = _doc(
        "", "Keys that CHONGYANG_VAULT_KEY has replaced, with commas: they still open what they sealed."
    )
    seal_key: str = _doc(
        "",
        "32 bytes in base64; signs the seals over the books. Empty: made once under the home directory. Keep a copy.",
    )
    code_key: str = _doc(
        "", "32 bytes in base64; signs the payment codes on phones. Empty: made once under the home directory."
    )
    code_public_keys: str = _doc(
        "", "Further public keys in base64, with commas, whose payment codes count: the last one and the next one."
    )
    sticker_key: str = _doc(
        "",
        "32 bytes in base64; signs the stickers at care beds. Empty: made once under the home directory. Keep a copy.",
    )
    seal_dir: str = _doc(
        "", "Directory where each seal is published; best on another machine. Empty: seals under the home directory."
    )
    seal_webhook: str = _doc("", "Address that each seal is posted to. Empty: none.")
    seal_webhook_secret: str = _doc("", "Signs what is posted (HMAC-SHA256), so that the receiver knows it is ours.")
    seal_webhook_seconds: int = _doc(10, "How long the receiver of seals may take to answer.")
    sms_url: str = _doc(
        "", "Address of the SMS gateway; docs/operations.md says what it is sent. Empty: no SMS, and no log-in by code."
    )
    sms_token: str = _doc("", "Bearer token for the SMS gateway.")
    sms_seconds: int = _doc(5, "How long the SMS gateway may take for one message, all in all.")
    smtp_host: str = _doc("", "Mail server for messages by e-mail. Empty: none.")
    smtp_port: int = _doc(587, "Port of the mail server.")
    smtp_security: str = _doc("starttls", "starttls, tls, or none for a mail server on this machine.")
    smtp_user: str = _doc("", "Log-in at the mail server. Empty: none.")
    smtp_password: str = _doc("", "Password at the mail server.")
    smtp_from: str = _doc("", "Sender of messages by e-mail, as office@example.org. Needed with a mail server.")
    smtp_seconds: int = _doc(10, "How long the mail server may take for one message, all in all.")
    call_url: str = _doc(
        "", "Address of the voice call gateway; docs/operations.md says what it is sent. Empty: no calls by itself."
    )
    call_token: str = _doc("", "Bearer token for the voice call gateway, and of its answers.")
    call_seconds: int = _doc(5, "How long the voice call gateway may take for one call, all in all.")
    mqtt_url: str = _doc(
        "", "MQTT broker of the sensors, mqtt:// or mqtts://. Empty: a small one of our own on this machine, no TLS."
    )
    mqtt_port: int = _doc(1883, "Port of our own MQTT broker, on 127.0.0.1. 0: no broker and no listener.")
    mqtt_user: str = _doc("chongyang", "Log-in of our listener at the MQTT broker.")
    mqtt_password: str = _doc("", "Its password. Empty: made once under the home directory, for our own broker.")
    mqtt_client_id: str = _doc("chongyang-listener", "Name under which the MQTT broker keeps our session.")
    mqtt_ca: str = _doc("", "File with the authority that signed the MQTT broker's certificate. Empty: the system's.")
    printer_networks: str = _doc(
        "10.0.0.0/8,172.16.0.0/12,192.168.0.0/16",
        "Networks in which receipt printers may stand, with commas. Empty: no network printers.",
    )
    https: bool = _doc(False, "The product is served over HTTPS: secure cookies and HSTS.")
    trusted_proxies: int = _doc(0, "How many proxies in front are trusted to name the client's address.")
    metrics_token: str = _doc("", "Bearer token that may read /metrics from elsewhere than this machine.")
    rate_limit_storage: str = _doc(
        "", "Where request counts live. Empty: Redis if the broker is one, else each process's memory."
    )
    requests_per_minute: int = _doc(1200, "Requests one token or address may make in a minute.")
    session_idle_minutes: int = _doc(30, "A browser session ends after so long without a request.")
    session_hours: int = _doc(10, "A browser session ends after so long in any case.")
    remembered_days: int = _doc(30, "A relative's own phone stays logged in so long, if its owner asks for it.")
    token_hours: int = _doc(12, "A bearer token ends after so long.")
    till_session_hours: int = _doc(14, "A till's session ends after so long; a shift is shorter.")
    argon2_memory_kib: int = _doc(19456, "Memory of one password check (OWASP's argon2id minimum, 19 MiB).")
    upload_bytes: int = _doc(20_000_000, "Largest upload and request body.")
    import_rows: int = _doc(200_000, "Most rows in one file of people.")
    log_level: str = _doc("INFO", "DEBUG, INFO, WARNING or ERROR.")
    log_format: str = _doc("json", "json, or console for people.")

    @classmethod
    def from_env(cls, environment: Mapping[str, str]) -> "Settings":
        """Read the settings.

        :raises BadSetting: if a value has the wrong shape, or a name with our prefix is none of ours
        """
        names = {env_name(item.name): item for item in fields(cls)}
        for name in environment:
            if name.startswith(PREFIX) and name not in names and name not in TOOL_NAMES:
                raise BadSetting(f"{name} is not a setting of Chongyang. docs/operations.md lists them.")
        values = {
            item.name: _parse(name, environment[name], item.type) for name, item in names.items() if name in environment
        }
        return cls(**values)

    @property
    def seal_folder(self) -> Path:
        """Return where seals are published."""
        return Path(self.seal_dir) if self.seal_dir else self.home / "seals"

    def _check_channels(self) -> None:
        """Refuse ways for messages that cannot work, at the start and not when somebody waits for a code."""
        if self.sms_url and not self.sms_url.startswith(("https://", "http://")):
            raise BadSetting("CHONGYANG_SMS_URL must begin with https:// or http://.")
        if self.call_url and not self.call_url.startswith(("https://", "http://")):
            raise BadSetting("CHONGYANG_CALL_URL must begin with https:// or http://.")
        if self.smtp_security not in ("starttls", "tls", "none"):
            raise BadSetting("CHONGYANG_SMTP_SECURITY must be starttls, tls or none.")
        if self.smtp_host and "@" not in self.smtp_from:
            raise BadSetting("CHONGYANG_SMTP_FROM must be an e-mail address.")

    def flask_config(self) -> dict[str, Any]:
        """Return what Flask and its extensions want, keys made where none are set.

        :raises BadSetting: if a key is none, an address cannot be one, or nobody would post grants
        """
        if self.seal_webhook and not self.seal_webhook.startswith(("https://", "http://")):
            raise BadSetting("CHONGYANG_SEAL_WEBHOOK must begin with https:// or http://.")
        if self.posting_hands < 1:
            raise BadSetting("CHONGYANG_POSTING_HANDS must be at least 1: without a hand nothing is granted.")
        self._check_channels()
        if self.mqtt_url and not self.mqtt_url.startswith(("mqtt://", "mqtts://")):
            raise BadSetting("CHONGYANG_MQTT_URL must begin with mqtt:// or mqtts://.")
        return {
            "SETTINGS": self,
            "SECRET_KEY": self.secret_key or load_or_make_key(self.home / "keys" / "secret.key").hex(),
            "VAULT_KEY": _key(self.vault_key, "CHONGYANG_VAULT_KEY", self.home / "keys" / "vault.key"),
            "VAULT_OLD_KEYS": _keys(self.vault_old_keys, "CHONGYANG_VAULT_OLD_KEYS"),
            "CODE_PUBLIC_KEYS": _keys(self.code_public_keys, "CHONGYANG_CODE_PUBLIC_KEYS"),
            "SEAL_KEY": _key(self.seal_key, "CHONGYANG_SEAL_KEY", self.home / "keys" / "seal.key"),
            "CODE_KEY": _key(self.code_key, "CHONGYANG_CODE_KEY", self.home / "keys" / "code.key"),
            "MQTT_PASSWORD": self.mqtt_password or load_or_make_key(self.home / "keys" / "mqtt.key").hex(),
            "STICKER_KEY": _key(self.sticker_key, "CHONGYANG_STICKER_KEY", self.home / "keys" / "sticker.key"),
            "MAX_CONTENT_LENGTH": self.upload_bytes,
            # A till's queue is looked at on one page and booked from the next, which gets it in a hidden field.
            "MAX_FORM_MEMORY_SIZE": 2_000_000,
            "SESSION_COOKIE_NAME": "chongyang",
            "SESSION_COOKIE_SECURE": self.https,
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SAMESITE": "Lax",
            "WTF_CSRF_TIME_LIMIT": None,
        }


# Names with our prefix that tools beside the application read; docs/operations.md lists them too.
TOOL_NAMES = frozenset({"CHONGYANG_SHOTS"})


def env_name(name: str) -> str:
    """Return the environment variable of a setting."""
    return BARE_NAMES.get(name, PREFIX + name.upper())


def settings() -> Settings:
    """Return the settings of the running application."""
    found: Settings = current_app.config["SETTINGS"]
    return found


def read_settings() -> Settings:
    """Read the settings from this process's environment."""
    return Settings.from_env(os.environ)


def _parse(name: str, text: str, wanted: Any) -> Any:
    kind = wanted if isinstance(wanted, str) else wanted.__name__
    parsers: dict[str, Callable[[str], Any]] = {"int": int, "Path": Path, "bool": _parse_bool, "str": str}
    try:
        return parsers[kind](text)
    except ValueError as error:
        raise BadSetting(f"{name} must be a {kind}, and is {text!r}.") from error


def _parse_bool(text: str) -> bool:
    if text.lower() not in {"1", "true", "yes", "0", "false", "no", ""}:
        raise ValueError(text)
    return text.lower() in {"1", "true", "yes"}


def _key(text: str, name: str, path: Path) -> bytes:
    """Read a key of 32 bytes from its setting, or from its file, which the first start makes."""
    return _read_key(text, name) if text else load_or_make_key(path)


def _keys(text: str, name: str) -> list[bytes]:
    """Read keys of 32 bytes, with commas between them."""
    return [_read_key(each.strip(), name) for each in text.split(",") if each.strip()]


def _read_key(text: str, name: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise BadSetting(f"{name} must be base64.") from error
    if len(key) != 32:
        raise BadSetting(f"{name} must hold 32 bytes, and holds {len(key)}.")
    return key
