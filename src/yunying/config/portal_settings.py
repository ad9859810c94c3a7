"""The settings of a site that is only the portal: no desk, no loop, no facts.

``DJANGO_SETTINGS_MODULE=yunying.config.portal_settings gunicorn yunying.config.wsgi``
"""

from yunying.config.settings import *  # noqa: F403
from yunying.config.settings import PACKAGE

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "yunying.audit",
    "yunying.inbox",
    "yunying.accounts",
    "yunying.portal.shop",
    "yunying.portal.moderation",
    "yunying.portal.community",
    "yunying.portal.staff",
]
MIDDLEWARE = [
    "yunying.config.headers.HeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
PORTAL_POLICY = ""
ROOT_URLCONF = "yunying.config.portal_urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "portal" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }
]
STATICFILES_DIRS: list[tuple[str, str]] = []
