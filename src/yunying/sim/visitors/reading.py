"""What a person sees on a page of a shop: links with their places, prices, forms, and which goods are sold out."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser

_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_VOID = {"input", "br", "meta", "link", "img", "hr"}


@dataclass
class Card:
    """A product's card in a place of a page; ``price`` is in major units, None where none is shown."""

    path: str
    slot: str
    position: int
    product: str
    title: str = ""
    price: float | None = None
    is_gone: bool = False


@dataclass
class Choice:
    """One radio button: of a variant with its price in major units, of a way to ship or to pay."""

    name: str
    value: str
    is_open: bool
    price: float | None = None


@dataclass
class Form:
    """A form: where it goes, what it holds already, what is to be chosen or filled in, and its buttons."""

    action: str
    is_post: bool
    fields: dict[str, str] = field(default_factory=dict)
    choices: list[Choice] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    def open_choices(self, name: str) -> list[Choice]:
        """The radio buttons of a name that can be chosen."""
        return [each for each in self.choices if each.name == name and each.is_open]


@dataclass
class Page:
    """A page that was answered: its status, the path that it came from in the end, and what is on it."""

    status: int
    path: str
    cards: list[Card]
    forms: list[Form]
    links: list[str]

    def form(self, *, has: str = "", goes_to: str = "") -> Form | None:
        """The first form with a field, choice or button of a name, or that goes to an address with this end."""
        for each in self.forms:
            names = {*each.fields, *(choice.name for choice in each.choices), *(name for name, _ in each.buttons)}
            if (not has or has in names) and each.action.endswith(goes_to):
                return each
        return None


def page_read(status: int, path: str, html: str) -> Page:
    """Read a page's HTML.

    Args:
        status: of the answer, such as 200.
        path: what the browser asked for at last; forms without an address go back to it.
        html: the page's text.
    """
    reader = _Reader(path)
    reader.feed(html)
    reader.close()
    return Page(status, path, reader.cards, reader.forms, reader.links)


class _Reader(HTMLParser):
    """Goes through the tags once; what stands open is known by what was begun last."""

    def __init__(self, path: str) -> None:
        super().__init__(convert_charrefs=True)
        self.path = path
        self.cards: list[Card] = []
        self.forms: list[Form] = []
        self.links: list[str] = []
        self._form: Form | None = None
        self._card: Card | None = None
        self._choice: Choice | None = None
        self._text: tuple[str, str, list[str]] | None = None
        self._is_struck = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        kind = set(given.get("class", "").split())
        if tag == "form":
            self._form = Form(given.get("action") or self.path, given.get("method", "get").lower() == "post")
            self.forms.append(self._form)
        elif tag == "a":
            self._link(given)
        elif tag in ("input", "textarea", "button") and self._form is not None and given.get("name"):
            self._field(self._form, tag, given)
        elif tag == "s":
            self._is_struck = True
        elif "gone" in kind and self._card is not None:
            self._card.is_gone = True
        if self._text is None and kind & {"price", "title"} and tag not in _VOID:
            self._text = (tag, "price" if "price" in kind else "title", [])

    def handle_endtag(self, tag: str) -> None:
        if tag == "s":
            self._is_struck = False
        elif self._text is not None and tag == self._text[0]:
            self._told(self._text[1], "".join(self._text[2]))
            self._text = None
        elif tag == "form":
            self._form = None
        elif tag == "a":
            self._card = None
        elif tag == "label":
            self._choice = None

    def handle_data(self, data: str) -> None:
        if self._text is not None and not self._is_struck:
            self._text[2].append(data)

    def _link(self, given: dict[str, str]) -> None:
        href = given.get("href", "")
        if "data-slot" in given and given.get("data-position", "").isdecimal():
            self._card = Card(href, given["data-slot"], int(given["data-position"]), given.get("data-product", ""))
            self.cards.append(self._card)
        elif href.startswith(("/", "?")):
            self.links.append(href)

    def _field(self, form: Form, tag: str, given: dict[str, str]) -> None:
        name, value, kind = given["name"], given.get("value", ""), given.get("type", "text")
        if tag == "button":
            form.buttons.append((name, value))
        elif kind == "radio":
            self._choice = Choice(name, value, "disabled" not in given)
            form.choices.append(self._choice)
        elif kind != "checkbox":
            form.fields[name] = value

    def _told(self, what: str, text: str) -> None:
        if what == "title" and self._card is not None:
            self._card.title = " ".join(text.split())
        number = _NUMBER.search(text) if what == "price" else None
        if number is None:
            return
        price = float(number[0].replace(",", ""))
        if self._card is not None:
            self._card.price = price
        elif self._choice is not None:
            self._choice.price = price
