"""Keyed luck is uniform, independent between keys, and never depends on what else was drawn."""

import numpy as np
from scipy import stats

from yunying.sim.draws import Draws, Purpose


def test_keyed_numbers_are_uniform() -> None:
    u = Draws(3).uniform(Purpose.CANCEL, np.repeat(np.arange(400), 500), np.tile(np.arange(500), 400))
    assert stats.kstest(u, "uniform").pvalue > 0.001
    assert u.min() > 0
    assert u.max() < 1


def test_neighbouring_keys_purposes_and_seeds_are_independent() -> None:
    keys = np.arange(100_000)
    base = Draws(3).uniform(Purpose.CANCEL, 5, keys)
    others = [
        Draws(3).uniform(Purpose.CANCEL, 5, keys + 1),
        Draws(3).uniform(Purpose.CANCEL, 6, keys),
        Draws(3).uniform(Purpose.RETURN, 5, keys),
        Draws(4).uniform(Purpose.CANCEL, 5, keys),
        Draws(3).uniform(Purpose.CANCEL, keys, 5),
    ]
    for other in others:
        assert abs(np.corrcoef(base, other)[0, 1]) < 4.5 / np.sqrt(len(keys))


def test_a_subject_has_the_same_luck_alone_and_in_company() -> None:
    draws = Draws(9)
    company = draws.uniform(Purpose.RETURN, 12, np.arange(50))
    draws.stream(Purpose.RETURN, 12).random(1000)
    assert draws.uniform(Purpose.RETURN, 12, 31)[0] == company[31]


def test_streams_of_one_day_and_purpose_start_the_same_and_others_differ() -> None:
    one, again = (Draws(1).stream(Purpose.DEMAND_SHAPE, 8).random(4).tolist() for _ in range(2))
    other_day = Draws(1).stream(Purpose.DEMAND_SHAPE, 9).random(4).tolist()
    other_purpose = Draws(1).stream(Purpose.DAY_SHOCK, 8).random(4).tolist()
    assert one == again
    assert one != other_day != other_purpose
