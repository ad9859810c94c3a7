"""Logistic regression with a ridge penalty, by L-BFGS; and the scale that makes scores probabilities (Platt, 1999)."""

from typing import Any

import numpy as np
from scipy import sparse
from scipy.optimize import minimize
from scipy.special import expit


def logistic_fit(rows: Any, labels: np.ndarray, strength: float, most_steps: int = 200) -> tuple[np.ndarray, float]:
    """Weights and intercept that minimise log loss plus ``weights @ weights / (2 * strength)``.

    Args:
        rows: one row for each example.
        labels: 1 or 0 for each.
        strength: how freely weights may grow, above 0; the intercept grows freely.

    >>> weights, intercept = logistic_fit(np.array([[-1.0], [1.0], [-1.0], [1.0]]), np.array([0, 1, 1, 1]), 1e6)
    >>> round(float(expit(intercept - weights[0])), 3)
    0.5
    """
    signs = np.where(labels > 0, 1.0, -1.0)
    turned = rows.T.tocsr() if sparse.issparse(rows) else rows.T

    def loss(point: np.ndarray) -> tuple[float, np.ndarray]:
        weights, intercept = point[:-1], point[-1]
        margin = signs * (rows @ weights + intercept)
        pull = -signs * expit(-margin)
        value = np.logaddexp(0, -margin).sum() + weights @ weights / (2 * strength)
        slope = np.append(turned @ pull + weights / strength, pull.sum())
        return value / len(signs), slope / len(signs)

    found = minimize(loss, np.zeros(rows.shape[1] + 1), jac=True, method="L-BFGS-B", options={"maxiter": most_steps})
    return found.x[:-1], float(found.x[-1])


def scale_fit(scores: np.ndarray, labels: np.ndarray) -> tuple[float, float]:
    """Slope and intercept that make scores of unseen examples the log odds of label 1."""
    spread = float(np.std(scores)) or 1.0
    slope, intercept = logistic_fit((scores / spread)[:, None], labels, 100.0)
    return float(slope[0]) / spread, intercept
