"""Every address and every socket of the house, and the access matrices that list them: the files `test_access.py`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from tests.architecture.source import ROOT

#: allauth's own pages stand below it, under names of its own.
ACCOUNTS = "accounts/"


@dataclass(frozen=True)
class Address:
    """One line of a matrix: where it is, with places for ids, and the methods it is asked with."""

    name: str
    place: str
    methods: tuple[str, ...]

    @property
    def is_somebodys(self) -> bool:
        """Whether it names something that belongs to a team."""
        return "{" in self.place or "/home/" in self.place or bool(re.search(r"/\d+/", self.place))

    def of(self, **ids: Any) -> str:
        """With these ids; a name that is not there is a KeyError."""
        return self.place.format_map(ids)


@cache
def matrices() -> tuple[ModuleType, ...]:
    """Each has MATRIX, PLACES and the `urlpatterns` that they are of."""
    files = sorted((ROOT / "tests").rglob("test_access.py"))
    return tuple(import_module(".".join(file.relative_to(ROOT).with_suffix("").parts)) for file in files)


def addresses() -> list[Address]:
    """Every line of every matrix. `{id}` is a task's in those of agents, else a computer's."""
    found = []
    for module in matrices():
        app = module.__name__.split(".")[1]
        for name, place in module.PLACES.items():
            methods = tuple(method for each, method in module.MATRIX if each == name)
            own = place.replace("{id}", "{task}" if app == "agents" else "{computer}")
            found.append(Address(f"{app}: {name}", own, methods))
    return found


def patterns(below: Any = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """(the whole route, the pattern) of everything that a browser can ask for."""
    for each in (below or get_resolver()).url_patterns:
        route = prefix + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from patterns(each, route)
        else:
            yield route, each


def names(below: Any = None, prefix: str = "") -> Iterator[str]:
    """The full name of each of those addresses: `computers:cockpit`."""
    for each in (below or get_resolver()).url_patterns:
        if isinstance(each, URLResolver):
            yield from names(each, f"{prefix}{each.namespace}:" if each.namespace else prefix)
        else:
            yield prefix + str(each.name)
