"""The classifier on made spam whose templates it never saw, and on comments and messages that people labelled."""

import csv
import gzip
import io
import os
import re
import zipfile
from pathlib import Path

import numpy as np
import pytest

from yunying.kernel.errors import OperatorError
from yunying.methods.moderation.model import Model, fit, model_load
from yunying.methods.moderation.normal import DIGITS, LINK, normalised
from yunying.methods.moderation.starter import HONEST, SPAM, disguised, filled, starter_texts
from yunying.methods.moderation.tests import unseen_texts

HOLD = 0.5


@pytest.fixture(scope="module")
def starter() -> Model:
    return fit(*starter_texts(np.random.default_rng(7)))


def of_templates(templates: tuple[str, ...], seed: int, *, is_spam: bool) -> list[list[str]]:
    rng = np.random.default_rng(seed)
    texts = [[filled(each, rng) for _ in range(20)] for each in templates]
    return [[disguised(text, rng) for text in each] if is_spam else each for each in texts]


def interval(rates: np.ndarray) -> tuple[float, float]:
    """95 % by drawing templates anew: posts of one template are alike, so they are not evidence each."""
    rng = np.random.default_rng(1)
    means = [rates[rng.integers(0, len(rates), len(rates))].mean() for _ in range(2_000)]
    return float(np.quantile(means, 0.025)), float(np.quantile(means, 0.975))


@pytest.mark.parametrize("seed", [8, 9, 10])
def test_spam_of_unseen_templates_is_held_and_honest_posts_are_not(starter: Model, seed: int) -> None:
    spam = [starter.probability(each) for each in of_templates(unseen_texts.SPAM, seed, is_spam=True)]
    honest = [starter.probability(each) for each in of_templates(unseen_texts.HONEST, seed, is_spam=False)]
    held = np.array([(each >= HOLD).mean() for each in spam])
    wrong = np.array([(each >= HOLD).mean() for each in honest])
    told = f"held {held.mean():.4f} {interval(held)}, honest held {wrong.mean():.4f} {interval(wrong)}"
    assert held.mean() >= 0.95, told
    assert wrong.mean() <= 0.02, told


def test_no_unseen_template_is_a_seen_one() -> None:
    """The control of the split: what two templates share is less than half of the shorter one's pairs of characters."""

    def pairs(text: str) -> set[str]:
        plain = re.sub(r"\{\w+\}", "", text)
        return {plain[at : at + 2] for at in range(len(plain) - 1)}

    for seen, unseen in ((SPAM, unseen_texts.SPAM), (HONEST, unseen_texts.HONEST)):
        worst = max(len(pairs(a) & pairs(b)) / min(len(pairs(a)), len(pairs(b))) for a in seen for b in unseen)
        assert worst < 0.5


def test_a_model_of_shuffled_labels_knows_nothing() -> None:
    texts, labels = starter_texts(np.random.default_rng(7), each=4)
    model = fit(texts, list(np.random.default_rng(3).permutation(labels)))
    sides = [of_templates(unseen_texts.SPAM, 8, is_spam=True), of_templates(unseen_texts.HONEST, 8, is_spam=False)]
    rates = [np.mean([model.probability(each) >= HOLD for each in side]) for side in sides]
    assert not (rates[0] >= 0.95 and rates[1] <= 0.02)


def test_the_same_examples_give_the_same_model_and_a_stored_one_judges_alike(starter: Model) -> None:
    again = fit(*starter_texts(np.random.default_rng(7)))
    assert again.dumped() == starter.dumped()
    assert len(starter.dumped()) < 200_000
    texts = [text for each in of_templates(unseen_texts.SPAM, 8, is_spam=True) for text in each[:3]]
    assert np.abs(model_load(starter.dumped()).probability(texts) - starter.probability(texts)).max() < 0.01
    with pytest.raises(ValueError, match="no model"):
        model_load(b"something else")


def test_one_kind_of_decisions_teaches_nothing() -> None:
    with pytest.raises(OperatorError, match="too few decisions"):
        fit(["好"] * 50 + ["坏"] * 9, [0] * 50 + [1] * 9)


@pytest.mark.parametrize("text", ["", " ", "\0", "\ud800", "。", "😀" * 500, "a" * 20_000])
def test_odd_texts_have_a_probability(starter: Model, text: str) -> None:
    [found] = starter.probability([text])
    assert 0 <= found <= 1
    assert starter.probability([]).shape == (0,)


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("加 薇 信 领 红 包", "加微信领红包"), ("ＶＸ：abc", "微信:abc"), ("加V信", "加微信"), ("加 wx", "加 微信"),
        ("企鹅号123", "qq123"), ("電商運營", "电商运营"), ("贷\u200b款", "贷款"), ("赌.博.网.站", "赌博网站"),
        ("www.abc123.top/x 点我", f"{LINK} 点我"), ("138 0000 1234", DIGITS), ("一三八零零零零一二三四", DIGITS),
        ("hаppу", "happy"), ("太太太太太太好了", "太太太好了"), ("我 爱 你", "我爱你"),
    ],
)  # fmt: skip
def test_disguises_come_off(written: str, plain: str) -> None:
    assert normalised(written) == plain


@pytest.mark.parametrize(
    "text", ["今天 天气 很好", "他说：好。", "二零二六", "微信支付", "well-known", "3.5元一斤", "第一、二、三名"]
)
def test_honest_texts_keep_their_words(text: str) -> None:
    assert normalised(text) == text.replace("：", ":")


def data(*parts: str) -> Path:
    return Path(os.environ["YUNYING_DATA"], "moderation", *parts)


def comments(name: str) -> tuple[list[str], np.ndarray]:
    with gzip.open(data(name), "rb") as handle:
        rows = list(csv.DictReader(io.TextIOWrapper(handle, encoding="utf-8-sig")))
    return [row["TEXT"] for row in rows], np.array([int(row["label"]) for row in rows])


@pytest.mark.data
def test_offensive_comments_are_known_as_people_labelled_them() -> None:
    """COLD (Deng and others, EMNLP 2022): learned on its training part, reported on its development part."""
    model = fit(*comments("train.csv.gz"))
    texts, labels = comments("dev.csv.gz")
    found = model.probability(texts)
    assert ((found >= 0.5) == labels).mean() >= 0.88
    # A probability is a share: of those that it gives 0.6 to 0.8, about 0.7 are offensive.
    for low, high in ((0.0, 0.2), (0.2, 0.4), (0.4, 0.6), (0.6, 0.8), (0.8, 1.0)):
        inside = (found >= low) & (found < high)
        assert abs(labels[inside].mean() - found[inside].mean()) < 0.1, (low, inside.sum())


@pytest.mark.data
def test_english_spam_is_known_in_five_folds() -> None:
    """The SMS Spam Collection; Almeida and others (DocEng 2011) report 97.64 % for a support vector machine."""
    with zipfile.ZipFile(data("smsspamcollection.zip")) as archive:
        lines = archive.read("SMSSpamCollection").decode("utf-8").splitlines()
    labels = np.array([line.startswith("spam") for line in lines], np.int64)
    texts = [line.partition("\t")[2] for line in lines]
    fold = np.random.default_rng(0).permutation(len(texts)) % 5
    right = 0
    for number in range(5):
        learned = np.flatnonzero(fold != number)
        model = fit([texts[at] for at in learned], labels[learned].tolist())
        asked = np.flatnonzero(fold == number)
        right += int(((model.probability([texts[at] for at in asked]) >= 0.5) == labels[asked]).sum())
    assert right / len(texts) >= 0.975
