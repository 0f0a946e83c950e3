"""The Django project: settings, addresses, middleware, health, operations, the embedded database and the demo."""

__version__ = "0.2.0.dev0"
