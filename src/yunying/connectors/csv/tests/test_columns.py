# ruff: noqa: E501 - rows of exports are as long as they are
from datetime import date

import numpy as np
import pytest

from yunying.connectors.csv.dates import read_moments
from yunying.connectors.csv.numbers import read_decimals, read_wholes
from yunying.connectors.csv.problems import Problems
from yunying.connectors.csv.records import TextColumn
from yunying.connectors.csv.spreading import spread
from yunying.kernel.errors import OperatorError


def column(*texts: str) -> TextColumn:
    distinct = tuple(dict.fromkeys(text for text in texts if text))
    codes = [distinct.index(text) if text else -1 for text in texts]
    return TextColumn("column", np.array(codes, dtype=np.int64), distinct)


def problems(size: int) -> Problems:
    return Problems(np.arange(1, size + 1))


def numbers(*texts: str, mark: str | None = None, delimiter: str = ",") -> list[float | None]:
    found = problems(len(texts))
    parsed = read_decimals(column(*texts), found, mark, delimiter)
    assert not len(found), found.listed()
    return [value / 1e6 if here else None for value, here in zip(parsed.values.tolist(), parsed.present, strict=True)]


def dates(*texts: str, order: str | None = None, zone: str | None = None) -> list[str]:
    found = problems(len(texts))
    moments = read_moments(column(*texts), found, zone=zone, order=order, latest=None)
    assert not len(found), found.listed()
    return [(date(1970, 1, 1).fromordinal(719163 + day)).isoformat() for day in moments.days.tolist()]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12), ("-12.5", -12.5), ("1,234.50", 1234.5), ("￥1,234.50", 1234.5), ("¥ 99", 99), ("99元", 99),
        ("£2.55", 2.55), ("1 234.5", 1234.5), ("(1.00)", -1), ("12.50-", -12.5), ("１２．５", 12.5), ("50%", 0.5),
        ("1.2万", 12000), ("1e3", 1000), ("USD 5", 5), ("−3", -3), (".5", 0.5), ("+4", 4), ("1'234.5", 1234.5),
        ("0.1234567", 0.123457), ("", None),
    ],
)  # fmt: skip
def test_a_number_is_read_however_it_is_written(text, value):
    assert numbers(text) == [value]


def test_comma_decimals_are_read_where_the_column_shows_them():
    assert numbers("12,50", "1,234") == [12.5, 1.234]
    assert numbers("1.234,56", "7") == [1234.56, 7]
    assert numbers("1,234", "2.5") == [1234, 2.5]
    assert numbers("1,234", mark=",") == [1.234]


def test_commas_that_could_be_either_are_asked_about():
    for texts in (("12,50", "1,234.50"), ("1,234", "7")):
        with pytest.raises(OperatorError) as error:
            read_decimals(column(*texts), problems(2), None, ";")
        assert error.value.code == "ambiguous-decimals"


@pytest.mark.parametrize(
    "text", ["abc", "1.2.3", "12-13", "--5", "1,23,4.5.6", "NaN", "inf", "1e99", "#N/A", "٣", "1234567890123"]
)
def test_what_is_no_number_is_a_problem(text):
    found = problems(1)
    read_decimals(column(text), found)
    assert len(found) == 1


def test_a_fraction_is_no_quantity():
    found = problems(3)
    parsed = read_wholes(column("2", "1.5", "3.0"), found)
    assert found.indices.tolist() == [1]
    assert parsed.values[[0, 2]].tolist() == [2, 3]


@pytest.mark.parametrize(
    "text",
    [
        "2024-01-02", "2024/1/2", "2024.01.02", "2024年1月2日", "20240102", "2024-01-02 23:59:59", "2024-01-02T23:59:59.123",
        "2024年1月2日 13:05", "Jan 2, 2024", "2 January 2024", "January 2, 2024 3:04 pm", "2024-01-02 15:04", "02.01.2024",
        "2024/1/2 下午3:04", "Tue, 2 Jan 2024 10:00", "２０２４－０１－０２",
    ],
)  # fmt: skip
def test_a_date_is_read_however_it_is_written(text):
    assert dates(text) == ["2024-01-02"]


def test_day_and_month_are_told_apart_by_the_whole_column():
    assert dates("1/2/2024", "31/1/2024") == ["2024-02-01", "2024-01-31"]
    assert dates("1/2/2024", "1/31/2024") == ["2024-01-02", "2024-01-31"]
    assert dates("1/2/24 8:26", order="mdy") == ["2024-01-02"]
    for texts in (("1/2/2024", "3/4/2024"), ("13/1/2024", "1/13/2024")):
        with pytest.raises(OperatorError) as error:
            dates(*texts)
        assert error.value.code == "ambiguous-dates"


@pytest.mark.parametrize(
    "text", ["1704153600", "1704153600000", "45293", "2024-02-30", "2024-13-01", "yesterday", "0001-01-01", "3024-01-01",
             "2024-01-02 25:00", "2024-01-02 10:00 PST", "2024-01-02 10:00 +99:00", "9999-12-31T23:59:59Z", "2024-01-02 13:00 pm"]
)  # fmt: skip
def test_what_is_no_date_is_a_problem(text):
    found = problems(1)
    read_moments(column(text), found, zone="Asia/Shanghai", order=None, latest=None)
    assert len(found) == 1


def test_moments_are_kept_in_utc_across_changes_of_clocks():
    texts = ("2024-03-31 00:30:00", "2024-03-31 12:00:00", "2024-07-01 12:00:00")
    moments = read_moments(column(*texts), problems(3), zone="Europe/London", order=None, latest=None)
    hours = (moments.at // 3_600_000_000 % 24).tolist()
    assert hours == [0, 11, 11]
    assert moments.timed.all()


def test_an_offset_decides_the_hour_that_a_clock_shows_twice():
    texts = ("2024-11-03 01:30:00 -0400", "2024-11-03 01:30:00 -0500")
    moments = read_moments(column(*texts), problems(2), zone="America/New_York", order=None, latest=None)
    assert (moments.at // 60_000_000 % 1440).tolist() == [5 * 60 + 30, 6 * 60 + 30]


def test_shares_sum_to_their_total_and_stay_within_a_cent_of_proportion():
    rng = np.random.default_rng(1)
    group = np.sort(rng.integers(0, 200, 1000))
    weights = rng.integers(0, 10**9, 1000)
    totals = rng.integers(0, 10**12, 200)
    totals[np.bincount(group, minlength=200) == 0] = 0
    shares = spread(totals, weights, group)
    sums = np.zeros(200, dtype=np.int64)
    np.add.at(sums, group, shares)
    assert (sums == totals).all()
    whole = np.bincount(group, weights=weights, minlength=200)[group]
    exact = totals[group] * (weights / np.maximum(whole, 1))
    assert np.abs(shares - exact)[whole > 0].max() < 1.01


def test_a_stated_decimal_comma_makes_dots_thousands():
    assert numbers("1.200", "12.345.678", "0,5", "7", mark=",") == [1200, 12345678, 0.5, 7]


@pytest.mark.parametrize("text", ["-", "--", "—", "N/A", "null", "无", "无退款申请"])
def test_a_word_for_nothing_is_an_empty_cell_of_a_number_and_of_a_date(text):
    assert numbers(text, "3") == [None, 3]
    found = problems(2)
    moments = read_moments(column(text, "2024-05-01"), found, zone=None, order=None, latest=None)
    assert not len(found)
    assert moments.present.tolist() == [False, True]


def test_a_counted_number_may_carry_its_unit():
    assert numbers("15天", "3 days", "12件") == [15, 3, 12]
