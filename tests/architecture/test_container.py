"""The container's files hold what docs/deployment.md promises, wherever there is an engine or not."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from tests.architecture.container import (
    SECRET,
    compose,
    copied,
    environment_of,
    is_sent,
    line_of_stages,
    names_set,
    stages,
)
from tests.architecture.source import ROOT, python_files
from tests.architecture.test_documented import text
from tests.support.processes import environment

IMAGES = ("web", "local")
#: Ours; the others are images of their makers.
OURS = {"prepare": "web", "web": "web", "background": "web", "local": "local"}
SERVICES = compose()["services"]


def test_the_dashboard_is_what_is_built_by_itself() -> None:
    assert list(stages())[-1] == "web"


def test_every_base_is_pinned_by_a_tag() -> None:
    bases = [stage.base for stage in stages().values() if stage.base not in stages()]
    images = [service["image"] for name, service in SERVICES.items() if name not in OURS]
    assert bases and images
    for image in (*bases, *images):
        assert re.fullmatch(r"[a-z]+:\d[\w.-]*", image), image


@pytest.mark.parametrize("name", IMAGES)
def test_an_image_runs_as_nobody_special_and_can_be_asked_how_it_is(name: str) -> None:
    users = [rest for stage in reversed(line_of_stages(name)) for rest in stage.of("USER")]
    assert users and users[-1] not in {"root", "0"}
    (last,) = [stage for stage in line_of_stages(name) if stage.name == name]
    kinds = [kind for kind, _ in last.lines]
    assert "/healthz" in last.of("HEALTHCHECK")[0]
    # Whatever needs root comes before, and a shell would keep the signals of a stop to itself.
    assert kinds.index("USER") > max(place for place, kind in enumerate(kinds) if kind in {"RUN", "COPY"})
    assert last.of("CMD")[0].startswith("[")


@pytest.mark.parametrize("name", stages())
def test_what_is_copied_exists_and_is_sent(name: str) -> None:
    for path in copied(stages()[name]):
        assert (ROOT / path).exists() and is_sent(path), path


def test_all_of_the_dashboard_is_in_its_image_and_none_of_what_surrounds_it() -> None:
    web = copied(stages()["web"])
    for folder in ("dashboard", "computers", "agents", "templates", "static"):
        assert folder in web
    assert "local_lightcone" not in web and copied(stages()["local"]) == ["local_lightcone"]
    for path in (".env", ".git", "var/secret.key", "tests/conftest.py", "dashboard/__pycache__/x.pyc"):
        assert not is_sent(path), path
    for file in python_files("dashboard", "computers", "agents", "local_lightcone"):
        assert is_sent(str(file.relative_to(ROOT)))


@pytest.mark.parametrize(
    ("name", "command"),
    [
        ("web", ["manage.py", "check"]),
        ("local", ["-c", "import local_lightcone.__main__ as main; main.main"]),
    ],
)
def test_what_an_image_copies_is_enough_to_start(tmp_path: Path, name: str, command: list[str]) -> None:
    for path in copied(stages()[name]):
        copy = shutil.copytree if (ROOT / path).is_dir() else shutil.copy2
        copy(ROOT / path, tmp_path / path)
    keys = {"SECRET_KEY": "unused", "FIELD_ENCRYPTION_KEYS": Fernet.generate_key().decode()}
    env = environment({"LIGHTDECK_DATA_DIR": str(tmp_path / "data"), **keys})
    done = subprocess.run([sys.executable, *command], cwd=tmp_path, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_browser_is_in_the_local_image_alone() -> None:
    for stage in stages().values():
        installs = any("chromium" in rest for rest in stage.of("RUN"))
        assert installs == (stage.name == "local")
    assert "local" not in {stage.name for stage in line_of_stages("web")}


def test_static_files_are_collected_when_it_is_built() -> None:
    web = stages()["web"]
    assert any("collectstatic" in rest for rest in web.of("RUN"))
    assert "LIGHTDECK_STATIC_DIR" in names_set(web)


def test_no_layer_holds_a_secret() -> None:
    for stage in stages().values():
        assert not stage.of("ARG") and not stage.of("ADD")
        assert not [name for name in names_set(stage) if SECRET.search(name)]
        for rest in stage.of("RUN"):
            assert set(re.findall(r"\b([A-Z_]+)=(\S+)", rest)) <= {
                ("SECRET_KEY", "unused"),
                ("FIELD_ENCRYPTION_KEYS", "unused"),
            }


# --- compose.yaml ---------------------------------------------------------------------------------------------


def test_the_parts_are_those_of_the_plan() -> None:
    assert set(SERVICES) == {*OURS, "database", "redis"}
    assert SERVICES["web"]["deploy"]["replicas"] == 2
    for name, target in OURS.items():
        assert SERVICES[name]["build"]["target"] == target and target in stages()


def test_each_part_that_stays_has_a_health_check() -> None:
    for name, service in SERVICES.items():
        check = service.get("healthcheck", {})
        if name == "prepare":
            assert check == {"disable": True} and service["restart"] == "no"
        else:
            assert check.get("test") or stages()[OURS[name]].of("HEALTHCHECK"), name
            assert service["restart"] == "unless-stopped"
    assert "healthcheck" in SERVICES["background"], "the image's own asks a web server"


def test_what_is_needed_is_waited_for() -> None:
    for name in ("web", "background"):
        conditions = {part: each["condition"] for part, each in SERVICES[name]["depends_on"].items()}
        assert conditions == {
            "prepare": "service_completed_successfully",
            "database": "service_healthy",
            "redis": "service_healthy",
        }


def test_no_secret_stands_in_it_and_each_that_is_mounted_is_declared() -> None:
    declared = compose()["secrets"]
    for name, service in SERVICES.items():
        mounted = set(service.get("secrets", []))
        assert mounted <= set(declared)
        for key, value in environment_of(service).items():
            if key.endswith("_FILE"):
                assert value.removeprefix("/run/secrets/") in mounted, (name, key)
            elif SECRET.search(key):
                assert re.fullmatch(r"\$\{\w+:-\}", value), (name, key)
            assert not re.search(r"://[^/]*:[^/@]*@", value), (name, key)
    # Compose cannot put a secret of the environment into a container that is read-only.
    assert all(list(source) == ["file"] for source in declared.values())


def test_every_secret_that_is_declared_is_made_once_for_nobody_elses_eyes(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"

    def make() -> dict[str, str]:
        env = {"PATH": os.environ["PATH"], "LIGHTDECK_SECRETS": str(folder)}
        subprocess.run([ROOT / ".ci/secrets"], env=env, check=True, capture_output=True)
        return {each.name: each.read_text(encoding="ascii") for each in folder.iterdir()}

    made = make()
    assert {f"${{LIGHTDECK_SECRETS:-./secrets}}/{name}" for name in made} == {
        source["file"] for source in compose()["secrets"].values()
    }
    assert folder.stat().st_mode & 0o777 == 0o700
    # The containers' user is none of this machine's.
    assert all(each.stat().st_mode & 0o777 == 0o444 for each in folder.iterdir())
    Fernet(made["field_encryption_keys"])
    assert len(made["secret_key"]) >= 50 and made["local_key"].startswith("sk_")
    assert made["database_url"] == f"postgres://lightdeck:{made['database_password']}@database:5432/lightdeck"
    assert re.fullmatch(r"\w{40,}", made["database_password"], re.ASCII)
    assert make() == made


def test_only_the_dashboard_is_published_and_only_on_this_machine() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["web"]
    assert all(each.startswith("127.0.0.1:") for each in SERVICES["web"]["ports"])


def test_browsers_and_their_server_do_not_reach_the_data() -> None:
    networks = compose()["networks"]
    assert {name for name, each in SERVICES.items() if "inside" in each["networks"]} == set(SERVICES) - {
        "local"
    }
    assert networks["inside"]["internal"] and not set(SERVICES["local"]["networks"]) & {"inside", "outside"}
    assert set(SERVICES["local"]["secrets"]) == {"local_key"}
    forbidden = set(environment_of(SERVICES["local"])["LIGHTDECK_FORBIDDEN_PORTS"].split(","))
    assert {"8000", "8100", "5432", "6379"} <= forbidden
    for service in SERVICES.values():
        assert set(service["networks"]) <= set(networks)


def test_nothing_of_ours_has_more_power_than_it_needs() -> None:
    for name in OURS:
        assert SERVICES[name]["cap_drop"] == ["ALL"]
        assert "no-new-privileges:true" in SERVICES[name]["security_opt"]
        assert not {"privileged", "cap_add", "pid", "network_mode"} & set(SERVICES[name])
        assert SERVICES[name].get("read_only") is (None if name == "local" else True)


def test_every_name_is_documented() -> None:
    ours: set[str] = {
        name for image in IMAGES for stage in line_of_stages(image) for name in names_set(stage)
    }
    for name in OURS:
        ours |= {key.removesuffix("_FILE") for key in environment_of(SERVICES[name])}
    ours -= {"PATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE"}
    assert not [name for name in ours if f"`{name}`" not in text("docs/configuration.md")]
    asked = {*re.findall(r"\$\{(\w+)", text("compose.yaml")), *compose()["secrets"]}
    assert not [name for name in asked if f"`{name}`" not in text("docs/deployment.md")]


def test_composes_own_reader_agrees() -> None:
    docker = shutil.which("docker")
    # Nothing of ours comes from the environment, but a plug-in may be in the home folder.
    env = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    if not docker or subprocess.run([docker, "compose", "version"], capture_output=True, env=env).returncode:
        pytest.skip("there is no `docker compose` here")
    done = subprocess.run(
        [docker, "compose", "--file", str(ROOT / "compose.yaml"), "config", "--quiet"],
        capture_output=True, text=True, env=env,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
