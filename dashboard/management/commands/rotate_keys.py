"""`manage.py rotate_keys`: every stored secret encrypted with the first of FIELD_ENCRYPTION_KEYS."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from dashboard.rotation import encrypted_columns, rotate_column, rotate_second_factors


class Command(BaseCommand):
    help = (
        "Encrypts every stored secret with the first of FIELD_ENCRYPTION_KEYS; the others may go afterwards."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        lost = 0
        for what, rotate in self._everything():
            done, unreadable = rotate()
            lost += len(unreadable)
            self.stdout.write(f"{what}: {done} encrypted anew")
            if unreadable:
                shown = ", ".join(map(str, unreadable[:20])) + (", …" if len(unreadable) > 20 else "")
                self.stdout.write(f"  {len(unreadable)} that no key decrypts: {shown}")
        if lost:
            raise CommandError(
                f"{lost} secrets could not be read. Keep every key until they are entered anew."
            )
        self.stdout.write("Everything is encrypted with the first key: the others may be taken away.")

    def _everything(self) -> Iterator[tuple[str, Callable[[], tuple[int, list[Any]]]]]:
        for model, name in encrypted_columns():
            yield f"{model._meta.label}.{name}", partial(rotate_column, model, name)
        yield "second factors", rotate_second_factors
