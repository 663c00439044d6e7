"""Where models come from is read at start, and what is wrong with it is said then."""

from pathlib import Path

import pytest

from local_lightcone.settings import Refusal, read_settings

BASE = "https://models.example.com/v1"


def test_without_an_address_there_is_no_other_server() -> None:
    assert read_settings({"MODEL_API_KEY": "k", "MODEL_NAME": "m"}).model_server is None


def test_address_key_and_name_go_together(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("from-a-file\n")
    server = read_settings(
        {"MODEL_BASE_URL": BASE, "MODEL_API_KEY_FILE": str(file), "MODEL_NAME": "m"}
    ).model_server
    assert server and (server.base_url, server.key, server.model) == (BASE, "from-a-file", "m")
    assert "from-a-file" not in repr(server)


@pytest.mark.parametrize(
    ("address", "ports"),
    [
        ("http://127.0.0.1:11434/v1", {11434}),
        ("http://localhost/v1", {80}),
        ("https://[::1]/v1", {443}),
        (BASE, set()),
    ],
)
def test_no_page_may_reach_a_model_server_on_this_machine(address: str, ports: set[int]) -> None:
    names = {"MODEL_BASE_URL": address, "LIGHTDECK_FORBIDDEN_PORTS": "5432"}
    assert read_settings(names).forbidden_ports == {5432} | ports


@pytest.mark.parametrize(
    "names",
    [
        {"MODEL_BASE_URL": "models.example.com/v1"},
        {"MODEL_BASE_URL": "ftp://models.example.com"},
        {"MODEL_BASE_URL": "http://models.example.com:99999/v1"},
        {"MODEL_BASE_URL": "http://[::1/v1"},
        {"MODEL_BASE_URL": "https://user:secret@models.example.com/v1"},
        {"MODEL_BASE_URL": f"{BASE}?key=secret"},
        {"MODEL_BASE_URL": BASE, "MODEL_API_KEY": "sécret"},
        {"MODEL_BASE_URL": BASE, "MODEL_API_KEY_FILE": "/nowhere/secret"},
    ],
)
def test_what_cannot_be_right_is_refused_without_its_secret(names: dict[str, str]) -> None:
    with pytest.raises(Refusal, match=r"^MODEL_") as refused:
        read_settings(names)
    assert "secret" not in str(refused.value) and "sécret" not in str(refused.value)
