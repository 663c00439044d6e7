"""What happens outside the database when a row goes, however it goes: by itself, or with its computer or team."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models.signals import post_delete

if TYPE_CHECKING:
    from computers.models import Capture

logger = logging.getLogger(__name__)


def removed_capture(instance: Capture, using: str, **_: Any) -> None:
    """What it kept goes too, once it is certain that the row is gone."""
    transaction.on_commit(lambda: _remove_file(instance), using=using)


def _remove_file(capture: Capture) -> None:
    try:
        capture.file.delete(save=False)
    except OSError:
        logger.exception("The file of a capture could not be deleted.")


# The sender by name: the models do not exist yet when the application is being loaded.
post_delete.connect(removed_capture, sender="computers.Capture")
