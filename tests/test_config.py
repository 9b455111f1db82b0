"""Settings come from the environment, and a wrong one is told before anything starts."""

import base64
from pathlib import Path

import pytest

from app.config import BadSetting, Settings
from app.vault import Vault, load_or_make_key, mask_id_number, mask_name, mask_phone


def test_an_unknown_setting_with_our_prefix_is_refused() -> None:
    with pytest.raises(BadSetting, match="CHONGYANG_PROT is not a setting"):
        Settings.from_env({"CHONGYANG_PROT": "8000"})


@pytest.mark.parametrize(
    ("name", "text"), [("PORT", "eight"), ("CHONGYANG_HTTPS", "maybe"), ("CHONGYANG_WEB_WORKERS", "2.5")]
)
def test_a_value_of_the_wrong_shape_is_refused_by_name(name: str, text: str) -> None:
    with pytest.raises(BadSetting, match=f"{name} must be"):
        Settings.from_env({name: text})


def test_settings_are_read_with_and_without_prefix() -> None:
    found = Settings.from_env(
        {"PORT": "9000", "DATABASE_URL": "postgresql://x", "CHONGYANG_HTTPS": "yes", "CHONGYANG_HOME": "/srv/x"}
    )
    assert (found.port, found.database_url, found.https, found.home) == (9000, "postgresql://x", True, Path("/srv/x"))


@pytest.mark.parametrize("hands", [0, -1])
def test_without_a_hand_to_post_grants_nothing_starts(hands: int, tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="CHONGYANG_POSTING_HANDS"):
        Settings(home=tmp_path, posting_hands=hands).flask_config()


@pytest.mark.parametrize("key", ["not base64!", base64.b64encode(b"short").decode()])
def test_a_vault_key_that_is_none_is_refused(key: str, tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="CHONGYANG_VAULT_KEY"):
        Settings(home=tmp_path, vault_key=key).flask_config()


def test_a_key_is_made_once_and_readable_by_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "vault.key"
    first = load_or_make_key(path)
    assert load_or_make_key(path) == first
    assert len(first) == 32
    assert path.stat().st_mode & 0o077 == 0
    assert list(path.parent.iterdir()) == [path]


def test_what_is_sealed_is_read_back_and_never_looks_the_same() -> None:
    vault = Vault(b"k" * 32)
    first, second = vault.seal("330106194001011234"), vault.seal("330106194001011234")
    assert first != second
    assert vault.unseal(first) == "330106194001011234"
    assert b"1940" not in first
    assert vault.index_of("a") == vault.index_of("a") != vault.index_of("b")
    assert Vault(b"x" * 32).index_of("a") != vault.index_of("a")


def test_personal_data_is_masked() -> None:
    assert mask_id_number("330106194001011234") == "330106********1234"
    assert mask_phone("19900001234") == "199****1234"
    assert [mask_name(name) for name in ("王玉兰", "张敏", "欧阳玉兰", "李", "")] == [
        "王*兰",
        "张*",
        "欧**兰",
        "*",
        "*",
    ]
