"""Our own source files, and the imports in them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("agents", "computers", "dashboard", "local_lightcone")
OWN = (*PACKAGES, "tests")


@dataclass(frozen=True)
class Import:
    """One import of `target` in `module`, at `line`; `inside` a function or not."""

    module: str
    target: str
    line: int
    inside: bool
    typing_only: bool

    def __str__(self) -> str:
        return f"{self.module}:{self.line} imports {self.target}"


@cache
def python_files(*folders: str) -> tuple[Path, ...]:
    found = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    return tuple(sorted(path for path in found if "migrations" not in path.parts))


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def imports(*folders: str) -> tuple[Import, ...]:
    """Every import in those folders, relative ones resolved."""
    return tuple(found for path in python_files(*folders) for found in _imports_of(path))


def _imports_of(path: Path) -> Iterator[Import]:
    name = module_name(path)
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    yield from _walk(
        ast.parse(path.read_text(encoding="utf-8")), name, package, inside=False, typing_only=False
    )


def _walk(node: ast.AST, module: str, package: str, inside: bool, typing_only: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        for target in _targets(child, package):
            yield Import(module, target, getattr(child, "lineno", 0), inside, typing_only)
        function = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        guarded = isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test)
        yield from _walk(child, module, package, inside or function, typing_only or guarded)


def _targets(node: ast.AST, package: str) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        base = node.module or ""
        if node.level:
            above = package.split(".")[: len(package.split(".")) - node.level + 1]
            base = ".".join([*above, *([node.module] if node.module else [])])
        return [f"{base}.{alias.name}" for alias in node.names]
    if isinstance(node, ast.Call) and _called(node) in ("__import__", "import_module"):
        first = node.args[0] if node.args else None
        return [str(first.value)] if isinstance(first, ast.Constant) else []
    return []


def _called(node: ast.Call) -> str:
    return getattr(node.func, "attr", getattr(node.func, "id", ""))
