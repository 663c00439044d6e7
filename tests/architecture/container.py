"""Dockerfile, compose.yaml and .dockerignore, read as far as it takes to judge them without an engine."""

from __future__ import annotations

import fnmatch
import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from tests.architecture.source import ROOT

#: A name whose value is nobody's business.
SECRET = re.compile(r"KEY|SECRET|PASSWORD|TOKEN|CREDENTIAL")


@dataclass
class Stage:
    """`FROM base AS name`, and the instructions after it in their order."""

    base: str
    name: str
    lines: list[tuple[str, str]] = field(default_factory=list)

    def of(self, instruction: str) -> list[str]:
        return [rest for each, rest in self.lines if each == instruction]


def stages() -> dict[str, Stage]:
    """The Dockerfile's stages by name."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    found: dict[str, Stage] = {}
    for line in "\n".join(lines).replace("\\\n", " ").splitlines():
        instruction, _, rest = line.strip().partition(" ")
        if instruction == "FROM":
            base, _, name = rest.partition(" AS ")
            stage = found[name] = Stage(base, name)
        else:
            stage.lines.append((instruction, " ".join(rest.split())))
    return found


def line_of_stages(name: str) -> list[Stage]:
    """A stage and what it stands on."""
    every, found = stages(), [stages()[name]]
    while found[-1].base in every:
        found.append(every[found[-1].base])
    return found


def copied(stage: Stage) -> list[str]:
    """What it takes from the folder that is built."""
    return [path for rest in stage.of("COPY") if not rest.startswith("--from=") for path in rest.split()[:-1]]


def is_sent(path: str) -> bool:
    """Whether .dockerignore lets that path of ours into a build."""
    sent = True
    for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines():
        pattern = line.strip()
        if not pattern or pattern.startswith("#"):
            continue
        wanted = pattern.removeprefix("!").removeprefix("**/")
        places = [path, path.split("/")[0], *(path.split("/") if "**/" in pattern else [])]
        if any(fnmatch.fnmatch(place, wanted) for place in places):
            sent = pattern.startswith("!")
    return sent


def names_set(stage: Stage) -> set[str]:
    """The environment names that it sets."""
    return {word.partition("=")[0] for rest in stage.of("ENV") for word in rest.split() if "=" in word}


def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    return found


def environment_of(service: dict[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in service.get("environment", {}).items()}


def command_of(name: str) -> list[str]:
    """What a service of ours runs, without the interpreter and its last options: compose's words, or its image's."""
    service = compose()["services"][name]
    words = service.get("command") or yaml.safe_load(stages()[service["build"]["target"]].of("CMD")[0])
    assert words[0] == "python"
    return [word for word in words[1:] if word not in {"--beat", "/tmp/beat"}]
