"""Captures: who may see one, how it is served, and when it is forgotten."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from pytest_django.fixtures import Settings

from computers import captures
from computers.models import Capture, Computer, Connection
from dashboard.models import User
from tests.computers.views.conftest import Windows
from tests.support.pictures import jpeg_of


@pytest.fixture
def kept(computer: Computer, settings: Settings, tmp_path: Path) -> Any:
    """`kept(kind, content)`: one capture of checkout-1."""
    settings.MEDIA_ROOT = str(tmp_path)

    def keep(kind: str, content: bytes) -> Capture:
        media = "image/jpeg" if kind == Capture.Kind.SCREENSHOT else "text/plain"
        capture = Capture(computer=computer, kind=kind, media_type=media)
        capture.file.save("one.bin", ContentFile(content))
        return capture

    return keep


def _address(capture: Capture) -> str:
    return f"/computers/{capture.computer.public_id}/captures/{capture.name}/"


def test_a_picture_is_the_teams_and_a_stranger_finds_nothing(
    window: Windows, kept: Any, vera: User, charlie: User
) -> None:
    capture = kept(Capture.Kind.SCREENSHOT, jpeg_of(4, 4))
    answer = window(vera).get(_address(capture))
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"].startswith("inline")
    assert window(vera).get(f"{_address(capture)}?download")["Content-Disposition"].startswith("attachment")
    assert window(charlie).get(_address(capture)).status_code == 404


def test_html_is_a_text_to_download_and_never_a_page(
    window: Windows, kept: Any, bob: User, vera: User, charlie: User
) -> None:
    capture = kept(Capture.Kind.HTML, b"<script>alert(1)</script>")
    answer = window(bob).get(_address(capture))
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["Content-Disposition"].startswith("attachment")
    assert window(vera).get(_address(capture)).status_code == 403
    assert window(charlie).get(_address(capture)).status_code == 404


def test_another_computers_capture_is_not_found_here(
    window: Windows, kept: Any, make_computer: Any, bob: User
) -> None:
    capture = kept(Capture.Kind.SCREENSHOT, jpeg_of(4, 4))
    other = make_computer(name="other")
    address = _address(capture).replace(capture.computer.public_id, other.public_id)
    assert window(bob).get(address).status_code == 404


def test_an_old_one_is_forgotten_with_its_file(kept: Any) -> None:
    old = kept(Capture.Kind.SCREENSHOT, jpeg_of(4, 4))
    young = kept(Capture.Kind.SCREENSHOT, jpeg_of(4, 4))
    days = timedelta(days=captures.CAPTURE_DAYS, minutes=1)
    Capture.objects.filter(pk=old.pk).update(made_at=timezone.now() - days)
    assert async_to_sync(captures.forget_old)() == 1
    assert not Path(old.file.path).exists()
    assert Path(young.file.path).exists()


def test_a_deleted_computer_leaves_no_file(kept: Any, connection: Connection) -> None:
    files = [Path(kept(kind, jpeg_of(4, 4)).file.path) for kind in Capture.Kind]
    assert all(file.exists() for file in files)
    connection.delete()
    assert Capture.objects.count() == 0 and not any(file.exists() for file in files)


def test_a_deletion_that_is_taken_back_keeps_the_file(kept: Any, computer: Computer) -> None:
    file = Path(kept(Capture.Kind.SCREENSHOT, jpeg_of(4, 4)).file.path)
    with pytest.raises(RuntimeError), transaction.atomic():
        computer.delete()
        raise RuntimeError("taken back")
    assert Capture.objects.count() == 1 and file.exists()
