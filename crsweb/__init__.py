"""The Django project: settings, addresses, middleware, health, the embedded database and the demo."""
