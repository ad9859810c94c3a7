"""Guesses wait longer and longer; nobody is kept waiting for ever, and nobody learns which names there are."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from yunying.accounts.guesses import FREE, MOST_WAIT, device_text, guess_begin, guess_keys, guess_right

NOW = timezone.now()


@pytest.mark.usefixtures("ledger_database")
class TestGuesses:
    def test_the_first_are_free_then_each_waits_twice_as_long_up_to_a_bound(self) -> None:
        keys, now, waits = guess_keys("manager", "10.0.0.1"), NOW, []
        for _ in range(FREE["account"] + 12):
            assert guess_begin(keys, now) == 0
            # Asked within a guess that is not counted: how long the next one has to wait.
            now += timedelta(milliseconds=1)
            with transaction.atomic():
                wait = guess_begin(keys, now)
                transaction.set_rollback(True)
            waits.append(wait)
            now += timedelta(seconds=wait)
        free = FREE["account"] - 1
        assert waits == [0] * free + [min(2**each, MOST_WAIT.total_seconds()) for each in range(len(waits) - free)]

    def test_what_has_to_wait_is_not_counted_so_that_nobody_is_locked_out_for_ever(self) -> None:
        keys = ["account/manager"]
        while not guess_begin(keys, NOW):
            pass
        wait = guess_begin(keys, NOW)
        for _ in range(1000):
            assert guess_begin(keys, NOW) == wait
        assert guess_begin(keys, NOW + timedelta(seconds=wait)) == 0

    def test_a_known_browser_does_not_wait_for_what_others_guess(self) -> None:
        cookie = device_text("Manager")
        for number in range(200):
            guess_begin(guess_keys("manager", f"10.0.0.{number}"), NOW)
        assert guess_begin(guess_keys("manager", "10.0.0.1"), NOW) > 0
        assert guess_begin(guess_keys("MANAGER", "10.0.0.1", cookie), NOW) == 0
        assert guess_begin(guess_keys("other", "10.9.9.9", cookie), NOW) == 0
        assert guess_keys("manager", "a", cookie + "x") == guess_keys("manager", "a"), "a forged one is none"

    def test_one_address_that_tries_many_names_waits_too(self) -> None:
        tried = 0
        while not guess_begin(guess_keys(f"name-{tried}", "10.0.0.1"), NOW):
            tried += 1
        assert tried == FREE["address"]
        assert guess_begin(guess_keys("name-0", "10.0.0.2"), NOW) == 0

    def test_a_right_guess_begins_anew_but_forgives_an_address_only_one(self) -> None:
        for _ in range(FREE["account"] - 1):
            guess_begin(["account/a", "address/x"], NOW)
        guess_right(["account/a", "address/x"], NOW)
        for _ in range(FREE["account"] - 1):
            assert guess_begin(["account/a"], NOW) == 0
        tried = 0
        while not guess_begin(["address/x"], NOW):
            tried += 1
        assert tried == FREE["address"] - (FREE["account"] - 2)

    @pytest.mark.parametrize("name", ["ｍａｎａｇｅｒ", "MANAGER", "Manager"])
    def test_other_writings_of_a_name_are_counted_as_the_same(self, name: str) -> None:
        assert guess_keys(name, "x") == guess_keys("manager", "x")
