"""Why is the project itself an application? For its `migrate`, as the owner of the tables, its logs and its signals."""

from importlib import import_module

from django.apps import AppConfig

from crsweb import logs


class CrswebConfig(AppConfig):
    name = "crsweb"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        logs.install()
        import_module("crsweb.witness")  # its receivers; the models are there only now
