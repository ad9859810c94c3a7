"""A number and its noun in English."""


def counted(number: int, noun: str) -> str:
    """The number with thousands separators, the noun in the singular for 1.

    >>> counted(1, "product"), counted(1200, "product")
    ('1 product', '1,200 products')
    """
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
