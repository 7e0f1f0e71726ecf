"""Which rules apply, how much each matters, and which files they leave out."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

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
    folder: Path | None = None
    """What the patterns are relative to: the folder of the file of settings. If None, they match files as they are named."""

    def excludes(self, file: str) -> bool:
        """Tell whether a file is not opened."""
        return self._matches(file, self.exclude)

    def level(self, rule: Rule) -> Setting:
        """Return how much a rule matters."""
        return self._of(rule).level or rule.level

    def options(self, rule: Rule) -> Options:
        """Return the options of a rule, set or by default."""
        return {**rule.defaults, **self._of(rule).options}

    def applies(self, rule: Rule, file: str) -> bool:
        """Tell whether a rule is on and does not leave out a file."""
        return self.level(rule) != "off" and not self._matches(file, self._of(rule).exclude)

    def _matches(self, file: str, patterns: tuple[str, ...]) -> bool:
        if not patterns:
            return False
        path = Path(file)
        if self.folder is not None:
            place = Path(os.path.abspath(path))  # noqa: PTH100 - links are not followed
            path = place.relative_to(self.folder) if place.is_relative_to(self.folder) else path
        return matches(path.as_posix(), patterns)

    def _of(self, rule: Rule) -> RuleSettings:
        return self.rules.get(rule.name, RuleSettings())


def matches(path: str, patterns: tuple[str, ...]) -> bool:
    """Tell whether a path matches any of some patterns: "cassettes/errors/*", or "cassettes/errors" for all below it.

    A "*" also matches "/".
    """
    return any(fnmatchcase(path, one.rstrip("/")) or fnmatchcase(path, f"{one.rstrip('/')}/*") for one in patterns)
