"""Django's settings: everything that differs between two installations comes from the environment."""

import importlib.util
import os
import secrets
import sqlite3
from pathlib import Path
from urllib.parse import unquote, urlsplit

from yunying.config.content_policy import POLICY
from yunying.config.sqlite import journal_mode

HOME = Path(os.environ.get("YUNYING_HOME") or Path.home() / ".yunying").expanduser().absolute()
DEBUG = os.environ.get("YUNYING_DEBUG") == "1"
# Before Wagtail's own, so that the portal's templates of its widgets, which need no inline script, are found first.
NEWS_APPS = [
    "yunying.portal.news",
    "yunying.portal.watch",
    "wagtail.contrib.settings",
    "wagtail.contrib.table_block",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.images",
    # Wagtail's desk asks for it; the portal itself has no documents, and their pages are closed.
    "wagtail.documents",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
]
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_filters",
    "yunying.audit",
    "yunying.inbox",
    "yunying.accounts",
    "yunying.org",
    "yunying.portal.shop",
    "yunying.portal.moderation",
    "yunying.portal.community",
    "yunying.portal.members",
    "yunying.portal.staff",
    *NEWS_APPS,
    "yunying.interventions",
    "yunying.management",
    "yunying.console",
    "yunying.api",
]
MIDDLEWARE = [
    "yunying.config.headers.HeadersMiddleware",
    "yunying.api.middleware.PlainAnswersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    # What stands above is for every answer; what stands below finds out who asks, which for kept pages nobody needs.
    "yunying.portal.shop.kept_pages.KeptPagesMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "yunying.portal.news.editors.EditorsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "yunying.console.middleware.SessionMiddleware",
    "yunying.console.middleware.RefusalMiddleware",
]
ROOT_URLCONF = "yunying.config.urls"
WSGI_APPLICATION = "yunying.config.wsgi.application"
ALLOWED_HOSTS = os.environ.get("YUNYING_HOSTS", "localhost,127.0.0.1,[::1],testserver").split(",")
AUTH_USER_MODEL = "accounts.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]
USE_THOUSAND_SEPARATOR = False
LOGIN_URL = "/desk/login/"
LOGIN_REDIRECT_URL = "/desk/"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in (
        ("MinimumLengthValidator", {"min_length": 10}),
        ("UserAttributeSimilarityValidator", {}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
    )
]
# An identity provider (OpenID Connect) that people may sign in with, beside their password.
OIDC_ISSUER = os.environ.get("YUNYING_OIDC_ISSUER", "")
OIDC_CLIENT = os.environ.get("YUNYING_OIDC_CLIENT", "")
OIDC_SECRET = os.environ.get("YUNYING_OIDC_SECRET", "")
OIDC_TITLE = os.environ.get("YUNYING_OIDC_TITLE", "OpenID Connect")
# Mail is set up by one address, smtp://user:password@host:587 (STARTTLS) or smtps://...; without it nothing is mailed.
MAIL = urlsplit(os.environ.get("YUNYING_MAIL", ""))
EMAIL_HOST, EMAIL_PORT = MAIL.hostname or "", MAIL.port or (465 if MAIL.scheme == "smtps" else 587)
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(MAIL.username or ""), unquote(MAIL.password or "")
EMAIL_USE_SSL, EMAIL_USE_TLS, EMAIL_TIMEOUT = MAIL.scheme == "smtps", MAIL.scheme == "smtp", 20
DEFAULT_FROM_EMAIL = os.environ.get("YUNYING_MAIL_FROM", "yunying@localhost")
PASSWORD_RESET_TIMEOUT = 3600

PACKAGE = Path(__file__).parent.parent
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        # A practice may bring the template of its own evidence: practices/<slug>/evidence.html.
        "DIRS": [PACKAGE],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "yunying.console.shell.shell",
            ]
        },
    }
]

STATIC_URL = "/static/"
STATICFILES_DIRS = [("plotly", f"{importlib.util.find_spec('plotly').submodule_search_locations[0]}/package_data")]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "yunying.console.static_files.VersionedStorage"},
}
# Files are served from where packages hold them; their addresses carry their content, so they may be kept for a year.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 31_536_000

# A desk that is reached by https says so, and then nothing of a session travels in the clear.
IS_HTTPS = os.environ.get("YUNYING_HTTPS") == "1"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if IS_HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_HTTPS else None
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
# The ids of a bulk action's undo come back in one field.
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000
FILE_UPLOAD_PERMISSIONS = 0o600

# How many requests a token, and an address without one, may send in a window.
API_TOKEN_LIMIT = int(os.environ.get("YUNYING_API_TOKEN_LIMIT", "600"))
API_ADDRESS_LIMIT = int(os.environ.get("YUNYING_API_ADDRESS_LIMIT", "60"))
API_WINDOW_SECONDS = int(os.environ.get("YUNYING_API_WINDOW_SECONDS", "60"))
# Networks of our own proxies: only what they say of where a request comes from is believed.
TRUSTED_PROXIES = [each for each in os.environ.get("YUNYING_TRUSTED_PROXY", "").split(",") if each]
# The ways to pay that the shop offers. The simulated gateway takes no money: it is for trying the shop out.
SHOP_PAYMENTS = [
    each for each in os.environ.get("YUNYING_SHOP_PAYMENTS", "bank-transfer,cash-on-delivery").split(",") if each
]
# Whether the shop writes facts. Switch it off only where no worker publishes them, or they pile up.
SHOP_FACTS = os.environ.get("YUNYING_SHOP_FACTS", "1") == "1"
# Where the site is reached from outside, such as https://shop.example: mails lead there.
SHOP_ADDRESS = os.environ.get("YUNYING_SHOP_ADDRESS", "").rstrip("/")
# The portal's articles and columns, and the desk of their editors (Wagtail) at /cms/.
WAGTAIL_SITE_NAME = "Yunying"
WAGTAILADMIN_BASE_URL = SHOP_ADDRESS or "http://localhost:8000"
WAGTAILADMIN_LOGIN_URL, WAGTAIL_FRONTEND_LOGIN_URL = "/desk/login/", "/site/sign-in/"
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = WAGTAIL_PASSWORD_RESET_ENABLED = WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAILADMIN_PERMITTED_LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]
WAGTAILADMIN_COMMENTS_ENABLED = True
WAGTAIL_ALLOW_UNICODE_SLUGS = False
WAGTAILIMAGES_EXTENSIONS = ["jpg", "jpeg", "png", "webp"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 10 * 1024 * 1024
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 50_000_000
WAGTAILIMAGES_IMAGE_FORM_BASE = "yunying.portal.news.picture_form.PictureForm"
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}
NEWS_EDITOR_CHECK = "yunying.config.editor_check.factor_first"
MEDIA_ROOT, MEDIA_URL = HOME / "media", "/media/"
CONTENT_POLICY = POLICY
# Sites whose players an article may show; each of its pages lets the browser load these and no other.
NEWS_VIDEO_HOSTS = [
    each
    for each in os.environ.get(
        "YUNYING_VIDEO_HOSTS", "player.bilibili.com,v.qq.com,player.youku.com,www.youtube-nocookie.com"
    ).split(",")
    if each
]
# The watch over what the portal shows: where it is reached as readers reach it, whom alarms are mailed to, and where it
# keeps what no table may be believed for.
WATCH_ADDRESS = os.environ.get("YUNYING_WATCH_ADDRESS", SHOP_ADDRESS).rstrip("/")
WATCH_MAIL = [each for each in os.environ.get("YUNYING_WATCH_MAIL", "").split(",") if each]
WATCH_HOME = HOME / "watch"
WATCH_FILES = [PACKAGE]
# Who may do what in the portal beside its own groups: a function of a person, a deed and a shop's slug.
PORTAL_POLICY = "yunying.config.portal_roles.role_allows"
# What else is held on a member under his random keys, for his export: a function of a store and a key.
MEMBER_FACTS = "yunying.config.member_facts.facts_of"
# A member's level is the highest whose days active, shown posts and paid orders he has all reached, from level 1 on.
MEMBER_LEVELS = [
    tuple(int(number) for number in each.split("/"))
    for each in os.environ.get("YUNYING_MEMBER_LEVELS", "1/0/0,5/3/1,20/10/3,60/30/8,150/100/20").split(",")
    if each
]
# How many new members one member's link may bring on a day.
MEMBER_INVITES_A_DAY = int(os.environ.get("YUNYING_MEMBER_INVITES_A_DAY", "5"))
# For how many years the law of the place wants the books kept; members who ask to be erased read it.
BOOKS_YEARS = int(os.environ.get("YUNYING_BOOKS_YEARS", "10"))
# host:port pairs that notices may go to although they are not public, by http too: for tests.
WEBHOOK_ALLOW = [each for each in os.environ.get("YUNYING_WEBHOOK_ALLOW", "").split(",") if each]


def _secret_key() -> str:
    path = HOME / "secret.key"
    if not path.exists():
        HOME.mkdir(parents=True, exist_ok=True)
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path.read_text(encoding="ascii")
        with os.fdopen(descriptor, "w", encoding="ascii") as handle:
            handle.write(secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii")


def _database(url: str) -> dict[str, object]:
    if not url:
        mode = journal_mode(sqlite3.sqlite_version_info)
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": HOME / "yunying.sqlite3",
            "OPTIONS": {
                # A transaction that has read cannot wait to become a writer; IMMEDIATE waits its turn at the start.
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": f"PRAGMA journal_mode={mode}; PRAGMA synchronous=FULL;",
            },
        }
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise ValueError("YUNYING_DATABASE_URL must look like postgresql://user:password@host:5432/name")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        # Statements that prepared_execute sends, and no others, are prepared at once.
        "OPTIONS": {"prepare_threshold": None if os.environ.get("YUNYING_DATABASE_POOLER") == "1" else 0},
    }


SECRET_KEY = _secret_key()
# Each process keeps so many finished pages of the shop's catalogue for itself; the database says when they are old.
SHOP_PAGES = int(os.environ.get("YUNYING_SHOP_PAGES", "1000"))
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "pages": {
        "BACKEND": "yunying.portal.object_cache.ObjectCache",
        "LOCATION": "pages",
        "OPTIONS": {"MAX_ENTRIES": SHOP_PAGES},
    },
    # What stands on many pages, each a fraction of one, so that many pages never drive it out.
    "parts": {
        "BACKEND": "yunying.portal.object_cache.ObjectCache",
        "LOCATION": "parts",
        "OPTIONS": {"MAX_ENTRIES": 4 * SHOP_PAGES},
    },
}
DATABASES = {"default": _database(os.environ.get("YUNYING_DATABASE_URL", ""))}
