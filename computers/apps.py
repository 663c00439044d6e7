from django.apps import AppConfig

from computers import signals  # noqa: F401  they register themselves


class ComputersConfig(AppConfig):
    name = "computers"
    default_auto_field = "django.db.models.BigAutoField"
