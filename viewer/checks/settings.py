"""Which rules apply, how much each matters, and which files they leave out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from viewer.checks.rule import Options, Rule, Setting


@dataclass(frozen=True, slots=True)
class RuleSettings:
    """What is set for one rule."""

    level: Setting | None = None
    """None for the default of the rule."""
    options: Options = field(default_factory=dict)
    """Only those that are set."""
    exclude: tuple[str, ...] = ()
    """Patterns of files that the rule leaves out."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What is set for a run."""

    exclude: tuple[str, ...] = ()
    """Patterns of files that are not opened."""
    rules: Mapping[str, RuleSettings] = field(default_factory=dict)
    """By the name of the rule."""

    def level(self, rule: Rule) -> Setting:
        """Return how much a rule matters."""
        return self._of(rule).level or rule.level

    def options(self, rule: Rule) -> Options:
        """Return the options of a rule, set or by default."""
        return {**rule.defaults, **self._of(rule).options}

    def applies(self, rule: Rule, file: str) -> bool:
        """Tell whether a rule is on and does not leave out a file."""
        return self.level(rule) != "off" and not matches(file, self._of(rule).exclude)

    def _of(self, rule: Rule) -> RuleSettings:
        return self.rules.get(rule.name, RuleSettings())


def matches(file: str, patterns: tuple[str, ...]) -> bool:
    """Tell whether a file matches any of some patterns, such as "cassettes/errors/*" or a folder. A "*" also matches "/"."""
    path = file.replace("\\", "/").removeprefix("./")
    return any(fnmatchcase(path, one.rstrip("/")) or fnmatchcase(path, f"{one.rstrip('/')}/*") for one in patterns)
