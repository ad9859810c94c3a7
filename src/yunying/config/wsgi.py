"""What gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yunying.config.settings")

application = get_wsgi_application()

from yunying.config.warming import server_warm  # noqa: E402 (templates can be loaded only now)

server_warm()
