"""Design §4: one writer of the audit log, one user of the channel layer, one reader of the environment."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.architecture.source import PACKAGES, imports, module_name, python_files


def modules_that(folders: tuple[str, ...], condition: object) -> set[str]:
    """Names of the modules in which some syntax node satisfies `condition`."""
    assert callable(condition)
    return {
        module_name(path)
        for path in python_files(*folders)
        if any(condition(node) for node in ast.walk(parse(path)))
    }


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def writes_audit(node: ast.AST) -> bool:
    """`AuditEvent(…)`, or a writing method of its manager."""
    if not isinstance(node, ast.Call):
        return False
    if isinstance(node.func, ast.Name):
        return node.func.id == "AuditEvent"
    writing = (
        "create",
        "acreate",
        "bulk_create",
        "abulk_create",
        "get_or_create",
        "update_or_create",
        "update",
    )
    text = ast.unparse(node.func)
    return "AuditEvent" in text and text.rpartition(".")[2] in writing


def test_only_audit_writes_the_audit_log() -> None:
    assert modules_that(PACKAGES, writes_audit) <= {"dashboard.audit"}


def test_only_live_uses_the_channel_layer() -> None:
    users = {one.module for one in imports(*PACKAGES) if one.target.startswith("channels.layers")}
    assert users <= {"dashboard.live"}


def test_no_consumer_reaches_the_layer_through_itself() -> None:
    named = ("channel_layer", "channel_layer_alias", "group_send", "group_add")
    users = modules_that(PACKAGES, lambda node: isinstance(node, ast.Attribute) and node.attr in named)
    assert users <= {"dashboard.live"}


def test_only_env_reads_the_dashboards_environment() -> None:
    def reads(node: ast.AST) -> bool:
        return isinstance(node, ast.Attribute) and ast.unparse(node) in ("os.environ", "os.getenv")

    # plan.py hands the environment on to the parts; asgi.py names the settings module.
    allowed = {"dashboard.env", "dashboard.supervisor.plan", "dashboard.asgi"}
    assert modules_that(("dashboard", "computers", "agents"), reads) <= allowed
