"""The WSGI application of the django-oscar site that benches stand beside ours."""

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
