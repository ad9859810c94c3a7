"""What a supplier lets one order: whole packs, a smallest order, a lower price from a quantity on."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def packs_up(quantity: Floats, pack_quantity: Floats, minimum_quantity: Floats) -> Floats:
    """The smallest whole number of packs that holds the quantity and the minimum; 0 stays 0.

    Args:
        quantity: shape (n,), >= 0.
        pack_quantity: shape (n,), >= 1.
        minimum_quantity: shape (n,), >= 0.

    >>> packs_up(np.array([0.0, 3.0, 13.0]), np.array([6.0, 6.0, 6.0]), np.array([10.0, 10.0, 10.0])).tolist()
    [0.0, 12.0, 18.0]
    """
    wanted = np.ceil(np.maximum(quantity, minimum_quantity) / pack_quantity) * pack_quantity
    return np.where(quantity > 0, wanted, 0.0)


def packs_down(quantity: Floats, pack_quantity: Floats, minimum_quantity: Floats) -> Floats:
    """The largest whole number of packs within the quantity, 0 where that is below the minimum.

    >>> packs_down(np.array([5.0, 13.0]), np.array([6.0, 6.0]), np.array([0.0, 10.0])).tolist()
    [0.0, 12.0]
    """
    fewer = np.floor(quantity / pack_quantity) * pack_quantity
    return np.where(fewer >= np.maximum(minimum_quantity, 1e-9), fewer, 0.0)
