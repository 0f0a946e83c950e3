"""How does gunicorn serve a site? `gunicorn -c python:crsweb.serving crsweb.wsgi --workers 4`.

Its access log says when, by which method, on which kind of page, with which status, size and time: no key of a patient,
no query, no referrer, no cookie. Requests that are larger than any of ours are refused before they are read.
"""

from typing import Final

accesslog: Final = "-"
access_log_format: Final = "%(t)s %(h)s %(m)s %({crsweb.page}e)s %(s)s %(B)s bytes %(M)s ms"
control_socket_disable: Final = True
limit_request_line: Final = 2048  # bytes: the longest address of ours is far shorter
limit_request_fields: Final = 60
limit_request_field_size: Final = 4096
