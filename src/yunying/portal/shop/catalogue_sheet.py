"""The catalogue as a CSV file, out and in: what is wrong is told by row and column, and nothing is half written."""

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation

from django.db import transaction

from yunying.kernel.errors import FactError, OperatorError, RowProblem
from yunying.kernel.money import minor_digits, to_major
from yunying.portal.shop.catalogue import Goods
from yunying.portal.shop.catalogue_edit import (
    SLUG,
    attributes_write,
    lowest_write,
    price_plan,
    product_edit,
    product_new,
    variant_edit,
    variant_new,
)
from yunying.portal.shop.models import Attribute, Category, Product, Shop, Variant
from yunying.portal.shop.prices import prices_at

TEXTS = ("title", "title_zh", "description", "description_zh", "style", "brand", "supplier")
COLUMNS = ("product", "sku", *TEXTS, "category", "listed", "variant", "variant_zh", "price", "cost")
MOST_ROWS, MOST_BYTES = 20_000, 20 * 1024 * 1024
YES_NO = {"yes": True, "no": False, "1": True, "0": False, "是": True, "否": False}


def sheet_write(shop: Shop, now: datetime) -> Iterator[str]:
    """The lines of the file, one variant each; attributes have a column each, in both languages."""
    attributes = list(Attribute.objects.filter(shop=shop).order_by("pk"))
    names = [f"{each.slug}{tail}" for each in attributes for tail in ("", "_zh")]
    yield "\ufeff" + _line([*COLUMNS, *names])
    last = 0
    while True:
        rows = list(
            Variant.objects.filter(shop=shop, pk__gt=last)
            .select_related("product__category").prefetch_related("product__attributes").order_by("pk")[:500]
        )  # fmt: skip
        if not rows:
            return
        prices = prices_at([row.pk for row in rows], now)
        for row in rows:
            product = row.product
            values = {each.attribute_id: (each.value, each.value_zh) for each in product.attributes.all()}
            price = prices.get(row.pk)
            yield _line([
                product.slug, row.sku, *(getattr(product, field) for field in TEXTS),
                product.category.slug if product.category else "", "yes" if product.is_listed else "no", row.title,
                row.title_zh, to_major(price.price_minor, shop.currency) if price else "",
                to_major(row.cost_minor, shop.currency),
                *(text for each in attributes for text in values.get(each.pk, ("", ""))),
            ])  # fmt: skip
        last = rows[-1].pk


def sheet_read(shop: Shop, data: bytes, actor: str, now: datetime) -> tuple[int, int]:
    """Bring a file in: how many products were new and how many changed.

    Columns that are not there leave what they stand for as it is; ``product`` and ``sku`` must be.

    Raises:
        FactError: with every problem by row and column; nothing was written.
    """
    rows, names = _rows(data)
    attributes = {each.slug for each in Attribute.objects.filter(shop=shop)}
    known = {*COLUMNS, *attributes, *(f"{slug}_zh" for slug in attributes)}
    lacking = [name for name in ("product", "sku") if name not in names]
    problems = [RowProblem(0, name, "This column is missing.", "Add it.") for name in lacking]
    problems += [RowProblem(0, name, "This column is unknown.", "Take it out.") for name in names if name not in known]
    if problems:
        raise FactError("products", problems)
    reader = _Reader(shop)
    read = [reader.row(number, row) for number, row in enumerate(rows, start=1)]
    if reader.problems:
        raise FactError("products", reader.problems)
    with transaction.atomic():
        made, changed = set(), set()
        for number, row in enumerate(read, start=1):
            try:
                slug, is_new, is_changed = _write(shop, row, attributes, actor, now)
            except OperatorError as error:
                raise FactError("products", [RowProblem(number, "sku", error.what, error.remedy)]) from error
            if is_new:
                made.add(slug)
            elif is_changed and slug not in made:
                changed.add(slug)
        return len(made), len(changed)


class _Reader:
    """Reads rows and collects what is wrong with them."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.categories = {each.slug: each for each in Category.objects.filter(shop=shop)}
        self.owners = dict(Variant.objects.filter(shop=shop).values_list("sku", "product__slug"))
        self.seen: set[str] = set()
        self.problems: list[RowProblem] = []

    def row(self, number: int, row: Mapping[str, str]) -> dict[str, object]:
        """The values of a row; only the columns that the file has."""
        found: dict[str, object] = dict(row)
        self._names(number, row)
        for column in ("price", "cost"):
            if row.get(column):
                found[column] = self._money(number, column, row[column])
        if "listed" in row:
            found["listed"] = YES_NO.get(row["listed"].lower())
            if found["listed"] is None:
                self._tell(number, "listed", "This is neither yes nor no.", "Write yes or no.")
        if row.get("category"):
            found["category"] = self.categories.get(row["category"])
            if found["category"] is None:
                self._tell(number, "category", "There is no such category.", "Make it first, or mend its name.")
        for column, most in (("title", 200), ("title_zh", 200), ("style", 60), ("brand", 100), ("supplier", 100),
                             ("variant", 100), ("variant_zh", 100)):  # fmt: skip
            if len(row.get(column, "")) > most:
                self._tell(number, column, "It is too long.", "Make it shorter.")
        return found

    def _names(self, number: int, row: Mapping[str, str]) -> None:
        slug, sku = row["product"], row["sku"]
        if not SLUG.fullmatch(slug):
            self._tell(number, "product", "This is no name for an address.", "Use a to z, digits and hyphens.")
        if not 1 <= len(sku) <= 60:
            self._tell(number, "sku", "This is no SKU.", "Give 1 to 60 characters.")
        if sku in self.seen:
            self._tell(number, "sku", "This SKU stands in the file before.", "Take one of the rows out.")
        self.seen.add(sku)
        owner = self.owners.get(sku)
        if owner not in (None, slug):
            self._tell(number, "sku", "This SKU belongs to another product.", "Mend the product or the SKU.")
        if owner is None and not row.get("price"):
            self._tell(number, "price", "A new variant needs a price.", "Give one.")
        if "title" in row and not row["title"]:
            self._tell(number, "title", "The product has no title.", "Give one.")

    def _money(self, number: int, column: str, text: str) -> int:
        amount = amount_read(text, self.shop.currency)
        if amount is None or (column == "price" and amount == 0):
            self._tell(number, column, "This is no amount.", "Write it like 12.50.")
            return 0
        return amount

    def _tell(self, number: int, column: str, what: str, remedy: str) -> None:
        self.problems.append(RowProblem(number, column, what, remedy))


def amount_read(text: str, currency: str) -> int | None:
    """An amount of money as people write it, in minor units; None where it is none.

    >>> amount_read("1,234.5", "CNY"), amount_read("-1", "CNY"), amount_read("1.234", "CNY"), amount_read("7", "JPY")
    (123450, None, None, 7)
    """
    try:
        scaled = Decimal(text.strip().replace(",", "")).scaleb(minor_digits(currency))
    except InvalidOperation:
        return None
    is_whole = scaled.is_finite() and 0 <= scaled <= 10**11 and scaled == int(scaled)
    return int(scaled) if is_whole else None


def _write(
    shop: Shop, row: Mapping[str, object], attributes: set[str], actor: str, now: datetime
) -> tuple[str, bool, bool]:  # fmt: skip
    slug, sku = str(row["product"]), str(row["sku"])
    fields: dict[str, object] = {name: row[name] for name in TEXTS if name in row}
    if "listed" in row:
        fields["is_listed"] = row["listed"]
    if "category" in row:
        fields["category"] = row["category"] or None
    names = {"title": str(row.get("variant", "")), "title_zh": str(row.get("variant_zh", ""))}
    price, cost = row.get("price"), row.get("cost")
    goods = Goods(sku, price if type(price) is int else 0, cost if type(cost) is int else 0, **names)
    product = Product.objects.filter(shop=shop, slug=slug).first()
    is_new, changed = product is None, False
    if product is None:
        product = product_new(shop, slug, goods, fields, actor, now)
    else:
        changed = bool(product_edit(product, fields, actor, now))
        variant = Variant.objects.filter(shop=shop, sku=sku).first()
        if variant is None:
            variant_new(product, goods, actor, now)
            changed = True
        else:
            changed |= _variant(variant, row, names, goods, actor, now)
    values = {slug: (str(row[slug]), str(row.get(f"{slug}_zh", ""))) for slug in attributes if slug in row}
    if values:
        attributes_write(product, values, actor, now)
    return slug, is_new, changed


def _variant(
    variant: Variant, row: Mapping[str, object], names: Mapping[str, str], goods: Goods, actor: str, now: datetime
) -> bool:  # fmt: skip
    given: dict[str, object] = {name: names[name] for name, column in (("title", "variant"), ("title_zh", "variant_zh"))
                                if column in row}  # fmt: skip
    if row.get("cost"):
        given["cost_minor"] = goods.cost_minor
    changed = bool(variant_edit(variant, given, actor, now))
    there = prices_at([variant.pk], now).get(variant.pk)
    if goods.price_minor and (there is None or there.price_minor != goods.price_minor):
        price_plan(variant, goods.price_minor, now, None, None, actor, now)
        changed = True
    lowest_write([variant.product_id], now)
    return changed


def _rows(data: bytes) -> tuple[list[dict[str, str]], list[str]]:
    if len(data) > MOST_BYTES:
        raise OperatorError("file-too-large", "The file has more than 20 MB.", "Split it.")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise OperatorError("bad-file", "The file is neither UTF-8 nor GB 18030.", "Save it as CSV UTF-8.")
    try:
        reader = csv.reader(io.StringIO(text.replace("\x00", ""), newline=""), strict=True)
        lines = [line for line in reader if any(cell.strip() for cell in line)]
    except csv.Error as error:
        raise OperatorError("bad-file", "The file is no CSV.", "Save it as CSV again.") from error
    if not lines:
        raise OperatorError("bad-file", "The file is empty.", "Export the catalogue to see its form.")
    if len(lines) > MOST_ROWS + 1:
        raise OperatorError("file-too-large", "The file has more than 20,000 rows.", "Split it.")
    names = [name.strip().lower() for name in lines[0]]
    wrong = [RowProblem(number, "", "This row has another number of cells than the head.", "Mend it.")
             for number, line in enumerate(lines[1:], start=1) if len(line) != len(names)]  # fmt: skip
    if len(set(names)) < len(names):
        wrong.append(RowProblem(0, "", "A column stands there twice.", "Take one out."))
    if wrong:
        raise FactError("products", wrong)
    return [{name: _text(cell) for name, cell in zip(names, line, strict=True)} for line in lines[1:]], names


def _line(cells: list[object]) -> str:
    into = io.StringIO()
    csv.writer(into).writerow([_safe(str(cell)) for cell in cells])
    return into.getvalue()


def _safe(text: str) -> str:
    """A cell that a spreadsheet would run as a formula gets an apostrophe, which reading takes off again."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _text(cell: str) -> str:
    cell = cell.strip()
    return cell[1:] if cell[:1] == "'" and cell[1:2] in ("=", "+", "-", "@") else cell
