"""A task in each of the two stores of the matrices."""

from yunying.interventions.tests.two_stores import CANARY, FOREIGN, OWN, World
from yunying.management.tasks import task_give
from yunying.org.active import scope_of_the_program


def tasks_fill(world: World) -> None:
    """Give somebody of each store a task about its proposal; the foreign one is full of the word."""
    for store, word, owner, giver in ((OWN, "plain", "operator", "coo"), (FOREIGN, CANARY, "outsider", "outsider")):
        ids = world.ids[store]
        with scope_of_the_program():
            task = task_give(store, f"{word} task", world.people[owner].pk, world.people[giver],
                             intervention=ids["proposal"], note=word)  # fmt: skip
        ids["task"] = task.pk
