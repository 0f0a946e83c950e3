"""Why is the project itself an application? For its `migrate`, which runs as the owner of the tables, and its logs."""

from django.apps import AppConfig

from crsweb import logs


class CrswebConfig(AppConfig):
    name = "crsweb"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        logs.install()
