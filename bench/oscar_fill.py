"""A plain django-oscar site for benches: its settings, and products by bulk.

Run by a Python that has django-oscar, not by ours: ``oscar_fill.py PRODUCTS INDEXED``. Settings as its
documentation gives them, DEBUG off, templates cached, Django's local-memory cache. Its lists come from a search engine;
Whoosh stands there, as in its own sandbox, and knows the first ``INDEXED`` products: filling it takes over twenty
minutes of processor time for each 50,000.
"""

import os
import shutil
import sys
from pathlib import Path
from urllib.parse import urlsplit

from oscar.defaults import *  # noqa: F403

HOME = Path(os.environ["YUNYING_HOME"])
SECRET_KEY, DEBUG, ALLOWED_HOSTS, USE_TZ, SITE_ID, ROOT_URLCONF = (
    "for a bench only",
    False,
    ["*"],
    True,
    1,
    "oscar_urls",
)
INSTALLED_APPS = [
    "django.contrib.admin", "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions",
    "django.contrib.messages", "django.contrib.staticfiles", "django.contrib.sites", "django.contrib.flatpages",
    "oscar.config.Shop", "oscar.apps.analytics.apps.AnalyticsConfig", "oscar.apps.checkout.apps.CheckoutConfig",
    "oscar.apps.address.apps.AddressConfig", "oscar.apps.shipping.apps.ShippingConfig",
    "oscar.apps.catalogue.apps.CatalogueConfig", "oscar.apps.catalogue.reviews.apps.CatalogueReviewsConfig",
    "oscar.apps.communication.apps.CommunicationConfig", "oscar.apps.partner.apps.PartnerConfig",
    "oscar.apps.basket.apps.BasketConfig", "oscar.apps.payment.apps.PaymentConfig", "oscar.apps.offer.apps.OfferConfig",
    "oscar.apps.order.apps.OrderConfig", "oscar.apps.customer.apps.CustomerConfig",
    "oscar.apps.search.apps.SearchConfig", "oscar.apps.voucher.apps.VoucherConfig",
    "oscar.apps.wishlists.apps.WishlistsConfig", "oscar.apps.dashboard.apps.DashboardConfig",
    "oscar.apps.dashboard.reports.apps.ReportsDashboardConfig", "oscar.apps.dashboard.users.apps.UsersDashboardConfig",
    "oscar.apps.dashboard.orders.apps.OrdersDashboardConfig",
    "oscar.apps.dashboard.catalogue.apps.CatalogueDashboardConfig",
    "oscar.apps.dashboard.offers.apps.OffersDashboardConfig",
    "oscar.apps.dashboard.partners.apps.PartnersDashboardConfig",
    "oscar.apps.dashboard.pages.apps.PagesDashboardConfig", "oscar.apps.dashboard.ranges.apps.RangesDashboardConfig",
    "oscar.apps.dashboard.reviews.apps.ReviewsDashboardConfig",
    "oscar.apps.dashboard.vouchers.apps.VouchersDashboardConfig",
    "oscar.apps.dashboard.communications.apps.CommunicationsDashboardConfig",
    "oscar.apps.dashboard.shipping.apps.ShippingDashboardConfig", "widget_tweaks", "haystack", "treebeard",
    "sorl.thumbnail", "django_tables2",
]  # fmt: skip
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware", "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware", "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware", "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware", "oscar.apps.basket.middleware.BasketMiddleware",
    "django.contrib.flatpages.middleware.FlatpageFallbackMiddleware",
]  # fmt: skip
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug", "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth", "django.contrib.messages.context_processors.messages",
                "oscar.apps.search.context_processors.search_form", "oscar.apps.checkout.context_processors.checkout",
                "oscar.apps.communication.notifications.context_processors.notifications",
                "oscar.core.context_processors.metadata",
            ]
        },
    }
]  # fmt: skip
AUTHENTICATION_BACKENDS = ["oscar.apps.customer.auth_backends.EmailBackend"]
HAYSTACK_CONNECTIONS = {
    "default": {"ENGINE": "haystack.backends.whoosh_backend.WhooshEngine", "PATH": str(HOME / "whoosh_index")}
}
STATIC_URL, MEDIA_URL, MEDIA_ROOT = "/static/", "/media/", str(HOME)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 10_000}}}
_url = urlsplit(os.environ.get("YUNYING_DATABASE_URL", ""))
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql", "NAME": _url.path.lstrip("/"), "USER": _url.username,
        "HOST": _url.hostname, "PORT": _url.port, "CONN_MAX_AGE": 60,
    }
    if _url.scheme
    else {"ENGINE": "django.db.backends.sqlite3", "NAME": HOME / "oscar.sqlite3", "OPTIONS": {"timeout": 20}}
}  # fmt: skip

LOGGING = {
    "version": 1, "disable_existing_loggers": False, "handlers": {"told": {"class": "logging.StreamHandler"}},
    "loggers": {"django.request": {"handlers": ["told"], "level": "ERROR"}},
}  # fmt: skip
AT_ONCE, CATEGORIES = 5_000, 50


def fill(products: int, indexed: int) -> None:
    """Products with one stock record each, in a tree of categories; the first of them are searched."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    import oscar
    from django.db import connection
    from oscar.apps.catalogue.categories import create_from_breadcrumbs
    from oscar.apps.catalogue.models import Product, ProductCategory, ProductClass
    from oscar.apps.partner.models import Partner, StockRecord

    # Workers that look for it at the same time fail at making it themselves.
    missing = "image_not_found.jpg"
    shutil.copyfile(Path(oscar.__file__).parent / "static/oscar/img" / missing, HOME / missing)
    kind = ProductClass.objects.create(name="Goods", requires_shipping=True, track_stock=True)
    partner = Partner.objects.create(name="Us")
    categories = [create_from_breadcrumbs(f"Category {n}") for n in range(CATEGORIES)]
    for first in range(0, products, AT_ONCE):
        numbers = range(first, min(first + AT_ONCE, products))
        rows = Product.objects.bulk_create(
            [Product(id=n + 1, title=f"Product number {n}", slug=f"p{n}", upc=f"S{n}", product_class=kind,
                     structure="standalone", description="Well made. " * 20) for n in numbers]
        )  # fmt: skip
        ProductCategory.objects.bulk_create(
            [ProductCategory(product=row, category=categories[n % CATEGORIES])
             for n, row in zip(numbers, rows, strict=True)]
        )  # fmt: skip
        StockRecord.objects.bulk_create(
            [StockRecord(product=row, partner=partner, partner_sku=f"S{n}", price=f"{10 + n % 50}.00", num_in_stock=100)
             for n, row in zip(numbers, rows, strict=True)]
        )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    index(indexed)


def index(products: int) -> None:
    """Make the search index of the first products."""
    from haystack import connections
    from oscar.apps.catalogue.models import Product

    engine, known = connections["default"].get_backend(), connections["default"].get_unified_index().get_index(Product)
    engine.clear()
    for first in range(0, products, AT_ONCE):
        rows = known.index_queryset().order_by("pk")[first : min(first + AT_ONCE, products)]
        engine.update(known, rows)


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "oscar_fill"
    sys.path.insert(0, str(Path(__file__).parent))
    import django

    django.setup()
    fill(int(sys.argv[1]), int(sys.argv[2]))
