"""What does an asynchronous server call? `uvicorn crsweb.asgi:application`."""

import os

from django.core.asgi import get_asgi_application

from crsweb import mode

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crsweb.settings")
mode.refuse_to_serve_unsafely()
application = get_asgi_application()
