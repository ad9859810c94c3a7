"""What gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yunying.config.settings")

application = get_wsgi_application()
# Django loads views when the first request comes; its visitor would wait a second for them.
_ = get_resolver().url_patterns
