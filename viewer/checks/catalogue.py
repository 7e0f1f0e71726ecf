"""Find the rules. Adding one takes one new file."""

from functools import cache
from types import ModuleType

from viewer.checks import rules
from viewer.checks.rule import Check
from viewer.types.formats import modules_of


@cache
def all_checks() -> tuple[Check, ...]:
    """Return the rules in `viewer/checks/rules/`, sorted by name."""
    return tuple(map(_check_of, modules_of(rules)))


def _check_of(module: ModuleType) -> Check:
    check, facts, check_all = (getattr(module, name, None) for name in ("check", "facts", "check_all"))
    return Check(module.RULE, check, facts, check_all)
