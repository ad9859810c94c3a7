"""What a practice's folder declares of itself; a new folder with a valid manifest is all that a new practice takes."""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from yunying import practices
from yunying.facts.schema import TABLES
from yunying.kernel.errors import InternalError, OperatorError

CADENCES = ("daily", "weekly", "monthly")


@dataclass(frozen=True)
class Manifest:
    """Who decides what, from which facts, with which commands.

    Args:
        slug: the folder's name.
        kpi: the metric of the dictionary that the practice is judged by.
        facts: tables it reads.
        commands: kinds of command it proposes.
        cadence: how often it is worth running: daily, weekly or monthly.
        owner_role: whose list its proposals are on.
        fit_cadence: how often its model is learned anew; the facts may ask for it sooner.
    """

    slug: str
    title_en: str
    title_zh: str
    kpi: str
    facts: tuple[str, ...]
    commands: tuple[str, ...]
    cadence: str
    owner_role: str
    fit_cadence: str = "daily"


@dataclass(frozen=True)
class Practice:
    """A practice as the loop runs it. Only ``read`` touches facts; the others are pure.

    Args:
        policy: the frozen dataclass of its thresholds.
        read: (facts, store, as_of, policy) -> inputs.
        fit: (inputs, policy, seed) -> model; the policy's ``cash_limit_minor`` is None there.
        decide: (inputs, model, policy, as_of, rng) -> Decision.
        control: (inputs, model, policy, as_of, rng, subjects) -> Decision of the old rule for the subjects that are
            held out; None where they are simply left alone.
        model: the frozen dataclass that ``fit`` gives, in JSON form kept for the plans until the next fit; None where
            every plan learns anew.
    """

    manifest: Manifest
    policy: type[Any]
    read: Callable[..., Any]
    fit: Callable[..., Any]
    decide: Callable[..., Any]
    control: Callable[..., Any] | None = None
    model: type[Any] | None = None


def practice_slugs() -> tuple[str, ...]:
    """The slug of every practice folder, loaded or not."""
    modules = pkgutil.iter_modules(practices.__path__)
    return tuple(module.name for module in modules if module.ispkg and module.name != "tests")


def practices_found() -> dict[str, Practice]:
    """Every practice folder, by slug, its manifest checked.

    Raises:
        InternalError: a folder without a valid manifest.
    """
    return {slug: _practice_of(slug) for slug in practice_slugs()}


def practices_loadable() -> tuple[dict[str, Practice], dict[str, Exception]]:
    """The practices that can be used, and what is wrong with each of the others; one broken folder stops no other."""
    found: dict[str, Practice] = {}
    broken: dict[str, Exception] = {}
    for slug in practice_slugs():
        try:
            found[slug] = _practice_of(slug)
        except Exception as error:  # whatever somebody's module does while it loads
            broken[slug] = error
    return found, broken


def practice_named(slug: str) -> Practice:
    """The practice of that slug, or OperatorError that lists the ones there are."""
    found = practices_found()
    if slug not in found:
        raise OperatorError("unknown-practice", f"There is no practice {slug!r}.", f"Use one of: {', '.join(found)}.")
    return found[slug]


def _practice_of(folder: str) -> Practice:
    try:
        practice = importlib.import_module(f"{practices.__name__}.{folder}.practice").PRACTICE
    except (ModuleNotFoundError, AttributeError) as error:
        raise InternalError(f"practices/{folder} has no practice.py that sets PRACTICE: {error}") from error
    if not isinstance(practice, Practice):
        raise InternalError(f"practices/{folder}: PRACTICE is a {type(practice).__name__}, not a Practice")
    _check(folder, practice.manifest)
    return practice


def _check(folder: str, manifest: Manifest) -> None:
    unknown = set(manifest.facts) - set(TABLES)
    cadences = {manifest.cadence, manifest.fit_cadence} <= set(CADENCES)
    if manifest.slug != folder or unknown or not cadences or not manifest.commands:
        raise InternalError(f"practices/{folder}: the manifest is not valid: {manifest} (unknown facts: {unknown})")
