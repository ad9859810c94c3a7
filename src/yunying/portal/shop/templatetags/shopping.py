"""How the shop writes money and texts that are in two languages."""

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from yunying.kernel.amount_text import money as money_text
from yunying.portal.shop.models import Product

register = template.Library()


@register.filter
def money(amount_minor: int, currency: str) -> str:
    """An amount in minor units, with its currency."""
    return money_text(amount_minor, currency)


@register.filter
def told(row: object, field: str) -> str:
    """A field in the visitor's language; where it has no Chinese, as it is."""
    chinese = getattr(row, f"{field}_zh", "") if (get_language() or "").startswith("zh") else ""
    return chinese or getattr(row, field)


@register.filter
def told_of(row: dict[str, str], field: str) -> str:
    """As ``told``, of a mapping."""
    chinese = row.get(f"{field}_zh", "") if (get_language() or "").startswith("zh") else ""
    return chinese or row[field]


@register.simple_tag
def stars(product: Product) -> str:
    """The mean of a product's reviews and their number."""
    return f"★ {product.stars_sum / product.stars_count:.1f} ({product.stars_count})"


@register.simple_tag
def star_row(count: int | str) -> str:
    """One to five stars, drawn."""
    return "★" * int(count) + "☆" * (5 - int(count))


@register.simple_tag(takes_context=True)
def narrow(context: template.Context, name: str, value: str | None) -> str:
    """The address of this list with one choice changed, from its first page on."""
    given = context["request"].GET.copy()
    given.pop("page", None)
    given.pop(name, None)
    if value is not None:
        given[name] = value
    return f"?{given.urlencode()}"


@register.simple_tag
def cover(slug: str) -> SafeString:
    """A quiet drawing in place of a picture: the same product has the same one."""
    seed = sum(ord(letter) * (at + 7) for at, letter in enumerate(slug))
    first, second, turn = 30 + seed % 40, 30 + seed // 7 % 40, seed % 180
    return mark_safe(  # noqa: S308 (numbers only)
        f'<svg class="cover hue-{seed % 6}" viewBox="0 0 100 100" aria-hidden="true"><rect width="100" height="100"/>'
        f'<g transform="rotate({turn} 50 50)"><circle cx="{first}" cy="{second}" r="26"/>'
        f'<path d="M0 70 Q {second} {first} 100 64 V 160 H 0 Z"/></g></svg>'
    )
