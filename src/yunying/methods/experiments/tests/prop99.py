"""Cigarette packs per head of 39 states, 1970 to 2000; California raised its tax in 1989. Read from YUNYING_DATA."""

import csv
import os
from pathlib import Path

import numpy as np

CALIFORNIA_START = 19


def california() -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Shape (states, years), who is treated, and the states' names."""
    path = Path(os.environ["YUNYING_DATA"]) / "prop99" / "california_prop99.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    states = rows[0][1:]
    panel = np.array([[float(value) for value in row[1:]] for row in rows[1:]]).T
    return panel, np.array([state == "California" for state in states]), states
