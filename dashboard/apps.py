from django.apps import AppConfig

from dashboard import checks, signals, words  # noqa: F401  they register themselves
from dashboard.database import leave_connections_alone


class DashboardConfig(AppConfig):
    name = "dashboard"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        leave_connections_alone()
        words.speak()
