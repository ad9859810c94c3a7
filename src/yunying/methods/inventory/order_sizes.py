"""What a supplier lets one order: whole packs, a smallest order, a lower price from a quantity on."""

import numpy as np
from numpy.typing import NDArray

from yunying.kernel.errors import InternalError

Floats = NDArray[np.float64]


def packs_up(quantity: Floats, pack_quantity: Floats, minimum_quantity: Floats) -> Floats:
    """The smallest whole number of packs that holds the quantity and the minimum; 0 stays 0.

    Args:
        quantity: shape (n,), >= 0.
        pack_quantity: shape (n,), >= 1.
        minimum_quantity: shape (n,), >= 0.

    Raises:
        InternalError: a number is out of range or not finite.

    >>> packs_up(np.array([0.0, 3.0, 13.0]), np.array([6.0, 6.0, 6.0]), np.array([10.0, 10.0, 10.0])).tolist()
    [0.0, 12.0, 18.0]
    """
    _check(quantity, pack_quantity, minimum_quantity)
    wanted = np.ceil(np.maximum(quantity, minimum_quantity) / pack_quantity) * pack_quantity
    return np.where(quantity > 0, wanted, 0.0)


def packs_down(quantity: Floats, pack_quantity: Floats, minimum_quantity: Floats) -> Floats:
    """The largest whole number of packs within the quantity, 0 where that is below the minimum.

    Raises:
        InternalError: a number is out of range or not finite.

    >>> packs_down(np.array([5.0, 13.0]), np.array([6.0, 6.0]), np.array([0.0, 10.0])).tolist()
    [0.0, 12.0]
    """
    _check(quantity, pack_quantity, minimum_quantity)
    fewer = np.floor(quantity / pack_quantity) * pack_quantity
    return np.where(fewer >= np.maximum(minimum_quantity, 1e-9), fewer, 0.0)


def _check(quantity: Floats, pack_quantity: Floats, minimum_quantity: Floats) -> None:
    for values in (quantity, pack_quantity, minimum_quantity):
        if not ((values >= 0).all() and np.isfinite(values).all()):
            raise InternalError("quantities, packs and minima must be finite and >= 0")
    if not (pack_quantity > 0).all():
        raise InternalError("a pack must hold something")
