"""The settings of a site that is only the portal: no desk, no loop, no facts.

``DJANGO_SETTINGS_MODULE=yunying.config.portal_settings gunicorn yunying.config.wsgi``
"""

from yunying.config.settings import *  # noqa: F403
from yunying.config.settings import NEWS_APPS, PACKAGE

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "yunying.audit",
    "yunying.inbox",
    "yunying.accounts",
    "yunying.portal.shop",
    "yunying.portal.moderation",
    "yunying.portal.community",
    "yunying.portal.members",
    "yunying.portal.staff",
    *NEWS_APPS,
]
MIDDLEWARE = [
    "yunying.config.headers.HeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "yunying.portal.shop.kept_pages.KeptPagesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "yunying.portal.news.editors.EditorsMiddleware",
]
PORTAL_POLICY = NEWS_EDITOR_CHECK = MEMBER_FACTS = ""
LOGIN_URL = WAGTAILADMIN_LOGIN_URL = "/site/sign-in/"
ROOT_URLCONF = "yunying.config.portal_urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "portal" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
STATICFILES_DIRS: list[tuple[str, str]] = []
