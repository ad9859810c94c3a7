"""Django's settings: everything that differs between two installations comes from the environment."""

import os
import secrets
import sqlite3
from pathlib import Path
from urllib.parse import unquote, urlsplit

from yunying.config.sqlite import journal_mode

HOME = Path(os.environ.get("YUNYING_HOME") or Path.home() / ".yunying").expanduser().absolute()
DEBUG = os.environ.get("YUNYING_DEBUG") == "1"
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_filters",
    "yunying.audit",
    "yunying.accounts",
    "yunying.interventions",
]
AUTH_USER_MODEL = "accounts.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"


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
    }


SECRET_KEY = _secret_key()
DATABASES = {"default": _database(os.environ.get("YUNYING_DATABASE_URL", ""))}
