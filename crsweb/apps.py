"""Why is the project itself an application? For its `migrate`, which runs as the owner of the tables."""

from django.apps import AppConfig


class CrswebConfig(AppConfig):
    name = "crsweb"
    default_auto_field = "django.db.models.BigAutoField"
