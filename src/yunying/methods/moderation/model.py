"""A classifier of short texts that learns from decisions: which ones people would hold back.

Two linear parts over hashed n-grams vote: logistic regression on features weighted by their naive Bayes ratio (Wang and
Manning, Baselines and Bigrams, ACL 2012), which knows telling words, and one on latent dimensions of the short n-grams
(Deerwester and others, Indexing by Latent Semantic Analysis, JASIS 41, 1990), which also knows words that stand where
those stand. Both are sums over n-grams in the end, so that a model is one table of weights.
"""

import json
import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.special import expit

from yunying.kernel.errors import OperatorError
from yunying.methods.moderation.grams import gram_rows
from yunying.methods.moderation.logistic import logistic_fit, scale_fit
from yunying.methods.moderation.normal import normalised

LEAST_OF_EACH = 10
"""Examples of each label without which nothing is learned."""
FOLDS = 5
DIMENSIONS, LEAST_SHORT = 64, 5
BAYES_STRENGTH, LATENT_STRENGTH, LATENT_SHARE = 0.1, 5.0, 0.5
"""Chosen on comments of three topics, each judged by what was learned on the other two: what people will write about
next is not what they wrote about before."""
_MAGIC = b"YMOD1"


@dataclass(frozen=True)
class Part:
    """A linear vote: a weight for each known n-gram; with ``scales``, rows are scaled by them to length one."""

    columns: np.ndarray
    weights: np.ndarray
    scales: np.ndarray
    intercept: float

    def scores(self, rows: sparse.csr_matrix) -> np.ndarray:
        """What the part says of each row: above 0 for label 1."""
        known = rows[:, self.columns]
        if not len(self.scales):
            return known @ self.weights + self.intercept
        length = np.sqrt(known @ self.scales**2)
        return (known @ (self.weights * self.scales)) / np.maximum(length, 1e-9) + self.intercept


@dataclass(frozen=True)
class Model:
    """What was learned; ``slope`` and ``intercept`` make the parts' votes log odds."""

    parts: tuple[Part, ...]
    slope: float
    intercept: float
    examples: int

    def probability(self, texts: Sequence[str]) -> np.ndarray:
        """How likely each text is one of label 1, from 0 to 1."""
        if not texts:
            return np.zeros(0)
        return expit(self.slope * _votes(self.parts, gram_rows(texts)) + self.intercept)

    def dumped(self) -> bytes:
        """The model as bytes, which ``model_load`` reads; weights keep three digits."""
        head = {"slope": self.slope, "intercept": self.intercept, "examples": self.examples,
                "sizes": [(len(part.columns), len(part.scales), part.intercept) for part in self.parts]}  # fmt: skip
        words = json.dumps(head).encode()
        body = b"".join(
            np.diff(part.columns, prepend=0).astype("<i4").tobytes() + part.weights.astype("<f2").tobytes()
            + part.scales.astype("<f2").tobytes() for part in self.parts
        )  # fmt: skip
        return _MAGIC + zlib.compress(struct.pack("<I", len(words)) + words + body, 9)


def model_load(stored: bytes) -> Model:
    """The model of ``Model.dumped``.

    Raises:
        ValueError: these are no bytes of a model.
    """
    if not stored.startswith(_MAGIC):
        raise ValueError("no model")
    raw = zlib.decompress(stored[len(_MAGIC) :])
    (size,) = struct.unpack_from("<I", raw)
    head, at, parts = json.loads(raw[4 : 4 + size]), 4 + size, []
    for count, scaled, intercept in head["sizes"]:
        columns = np.cumsum(np.frombuffer(raw, "<i4", count, at)).astype(np.int64)
        weights = np.frombuffer(raw, "<f2", count, at + 4 * count).astype(np.float64)
        scales = np.frombuffer(raw, "<f2", scaled, at + 6 * count).astype(np.float64)
        parts.append(Part(columns, weights, scales, intercept))
        at += 6 * count + 2 * scaled
    return Model(tuple(parts), head["slope"], head["intercept"], head["examples"])


def fit(texts: Sequence[str], labels: Sequence[int]) -> Model:
    """Learn from texts and what was decided of them: 1 for those to hold, 0 for the others.

    The same examples give the same model. Scores become probabilities by what models that had not seen a text said of
    it; copies of a text are never on both sides.

    Raises:
        OperatorError: there are fewer than ``LEAST_OF_EACH`` examples of a label.

    >>> spam = [f"加微信{n}领取兼职日结工资" for n in range(20)]
    >>> model = fit([*spam, *(f"楼下{n}号店的包子很好吃" for n in range(20))], [1] * 20 + [0] * 20)
    >>> [bool(each > 0.5) for each in model.probability(["兼职日结加 薇 信", "包子好吃吗"])]
    [True, False]
    """
    known = np.asarray(labels, np.int64)
    if min((known == 1).sum(), (known == 0).sum()) < LEAST_OF_EACH:
        raise OperatorError("too-few-decisions", "There are too few decisions of one kind.", "Decide on more of them.")
    rows = gram_rows(texts)
    space = _space_of(rows)
    fold = np.array([zlib.crc32(normalised(text).encode("utf-8", "ignore")) % FOLDS for text in texts])
    scores, is_scored = np.zeros(len(known)), np.zeros(len(known), bool)
    for number in range(FOLDS):
        inside, outside = np.flatnonzero(fold != number), np.flatnonzero(fold == number)
        if len(outside) and len(np.unique(known[inside])) == 2:
            scores[outside] = _votes(_parts_fit(rows, known, inside, space), rows[outside])
            is_scored[outside] = True
    slope, intercept = scale_fit(scores[is_scored], known[is_scored])
    return Model(_parts_fit(rows, known, np.arange(len(known)), space), slope, intercept, len(known))


@dataclass(frozen=True)
class _Space:
    """The latent dimensions of short n-grams, and where every example lies in them."""

    columns: np.ndarray
    scales: np.ndarray
    axes: np.ndarray
    places: np.ndarray


def _space_of(rows: sparse.csr_matrix) -> _Space:
    """Dimensions by truncated singular values of tf-idf rows (randomised: Halko and others, SIAM Review 53, 2011)."""
    counts = np.asarray(rows.sum(axis=0)).ravel()
    columns = np.flatnonzero(counts >= LEAST_SHORT)
    scales = np.log(1 + rows.shape[0] / counts[columns])
    scaled = rows[:, columns] @ sparse.diags(scales)
    length = np.sqrt(np.asarray(scaled.multiply(scaled).sum(axis=1)).ravel())
    scaled = (sparse.diags(1 / np.maximum(length, 1e-9)) @ scaled).tocsr().astype(np.float32)
    width = min(DIMENSIONS, max(scaled.shape) // 4, *scaled.shape)
    rng = np.random.default_rng(20120)
    found = scaled @ rng.standard_normal((scaled.shape[1], width + 10)).astype(np.float32)
    for _ in range(3):
        across, _rest = np.linalg.qr(scaled.T @ np.linalg.qr(found)[0])
        found = scaled @ across
    _left, _values, turn = np.linalg.svd(found, full_matrices=False)
    axes = across @ turn[:width].T
    return _Space(columns, scales, axes, (scaled @ axes).astype(np.float64))


def _parts_fit(rows: sparse.csr_matrix, labels: np.ndarray, chosen: np.ndarray, space: _Space) -> tuple[Part, ...]:
    return _bayes_part(rows[chosen], labels[chosen]), _latent_part(labels[chosen], chosen, space)


def _bayes_part(rows: sparse.csr_matrix, labels: np.ndarray) -> Part:
    counts = np.asarray(rows.sum(axis=0)).ravel()
    columns = np.flatnonzero(counts >= 2)
    rows = rows[:, columns]
    held, passed = (np.asarray(rows[labels == value].sum(axis=0)).ravel() + 1 for value in (1, 0))
    ratios = np.log(held / held.sum()) - np.log(passed / passed.sum())
    weights, intercept = logistic_fit((rows @ sparse.diags(ratios)).tocsr(), labels, BAYES_STRENGTH)
    return Part(columns, ratios * weights, np.zeros(0), intercept)


def _latent_part(labels: np.ndarray, chosen: np.ndarray, space: _Space) -> Part:
    weights, intercept = logistic_fit(space.places[chosen], labels, LATENT_STRENGTH)
    return Part(space.columns, LATENT_SHARE * (space.axes @ weights), space.scales, LATENT_SHARE * intercept)


def _votes(parts: Sequence[Part], rows: sparse.csr_matrix) -> np.ndarray:
    return np.sum([part.scores(rows) for part in parts], axis=0)
