"""What does a web server call? `gunicorn crsweb.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application

from crsweb import mode, warmed

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crsweb.settings")
mode.refuse_to_serve_unsafely()
application = get_wsgi_application()
warmed.prepare()
