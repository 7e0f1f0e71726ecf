"""Read the settings of `check` from `[tool.cassette-viewer.check]` in pyproject.toml, or from .cassette-viewer.toml.

What is wrong in a file of settings is refused. A rule that is misspelt would otherwise be switched on or off without a word.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args

from viewer.checks.catalogue import all_checks
from viewer.checks.rule import Rule, Setting, Value
from viewer.checks.settings import RuleSettings, Settings
from viewer.types.problems import CassetteError

OWN_FILE = ".cassette-viewer.toml"
PROJECT_FILE = "pyproject.toml"
_TABLE = ("tool", "cassette-viewer", "check")
_LEVELS = get_args(Setting)


@dataclass(frozen=True, slots=True)
class Loaded:
    """Settings, and the file that they come from; None for the defaults."""

    settings: Settings
    path: Path | None = None


class _SettingError(ValueError):
    """One setting is wrong. The message does not name the file."""


def find_settings(folder: Path, rules: Iterable[Rule] | None = None) -> Loaded:
    """Return the settings in the first file found from a folder upwards. Raise `CassetteError` if they are wrong.

    In one folder .cassette-viewer.toml comes before pyproject.toml, and a pyproject.toml without the table is passed over.
    """
    for place in (folder, *folder.parents):
        for name in (OWN_FILE, PROJECT_FILE):
            path = place / name
            if path.is_file() and (settings := _read(path, rules)) is not None:
                return Loaded(replace(settings, folder=path.absolute().parent), path)
    return Loaded(Settings())


def read_settings(path: Path, rules: Iterable[Rule] | None = None) -> Loaded:
    """Return the settings in a file that is named. Raise `CassetteError` if it cannot be read or has none, or if they are wrong."""
    settings = _read(path, rules)
    if settings is None:
        raise CassetteError(str(path), f"has no table [{'.'.join(_TABLE)}].", "Add it, or name another file.")
    return Loaded(replace(settings, folder=path.absolute().parent), path)


def _read(path: Path, rules: Iterable[Rule] | None) -> Settings | None:
    """Return the settings in a file; None if it is a pyproject.toml without the table."""
    try:
        content: Any = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise CassetteError(str(path), f"cannot be read: {error.strerror or error}.") from error
    except (ValueError, RecursionError) as error:
        raise CassetteError(str(path), f"is not readable as TOML: {error}.") from error
    if path.name == PROJECT_FILE:
        for key in _TABLE:
            content = content.get(key) if isinstance(content, dict) else None
        if content is None:
            return None
    try:
        return parse_settings(content, [one.rule for one in all_checks()] if rules is None else rules)
    except _SettingError as error:
        raise CassetteError(str(path), f"{error}.", "docs/check.md lists all settings.") from error


def parse_settings(content: Any, rules: Iterable[Rule]) -> Settings:
    """Return the settings in a table. Raise `ValueError`, which names the setting, if one is wrong."""
    table = _table("the settings", content)
    _refuse_unknown("", table, ("exclude", "rules"))
    known = {rule.name: rule for rule in rules}
    chosen = _table("rules", table.get("rules", {}))
    _refuse_unknown("rules: ", chosen, known)
    return Settings(
        _patterns("exclude", table.get("exclude", [])),
        {name: _rule_settings(known[name], value) for name, value in chosen.items()},
    )


def _rule_settings(rule: Rule, value: Any) -> RuleSettings:
    """Read what is set for a rule: only its level, or a table."""
    if isinstance(value, str):
        return RuleSettings(_level(rule.name, value))
    table = _table(rule.name, value)
    _refuse_unknown(f"{rule.name}: ", table, ("level", "exclude", *rule.defaults))
    return RuleSettings(
        _level(rule.name, table["level"]) if "level" in table else None,
        dict(_options(rule, table)),
        _patterns(f"{rule.name}: exclude", table.get("exclude", [])),
    )


def _options(rule: Rule, table: Mapping[str, Any]) -> Iterator[tuple[str, Value]]:
    for option in rule.options:
        if option.name in table:
            yield option.name, _value(f"{rule.name}: {option.name}", table[option.name], option.default)


def _value(where: str, value: Any, default: Value) -> Value:
    """Return the value of an option, which must have the type of its default."""
    if isinstance(default, tuple):
        return _patterns(where, value)
    if isinstance(default, str):
        if not isinstance(value, str):
            raise _SettingError(f"{where} must be a text, not {_shown(value)}")
        return value
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise _SettingError(f"{where} must be a whole number from 0, not {_shown(value)}")
    return value


def _level(rule: str, value: Any) -> Setting:
    if value not in _LEVELS:
        raise _SettingError(f"{rule}: the level must be one of {', '.join(_LEVELS)}, not {_shown(value)}")
    level: Setting = value
    return level


def _patterns(where: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
        raise _SettingError(f"{where} must be a list of texts, not {_shown(value)}")
    return tuple(value)


def _table(where: str, value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise _SettingError(f"{where} must be a table, not {_shown(value)}")
    return value


def _refuse_unknown(where: str, table: Mapping[str, Any], known: Iterable[str]) -> None:
    names = list(known)
    for name in table:
        if name not in names:
            near = get_close_matches(name, names, 1, 0.5)
            hint = f"the nearest is {near[0]!r}" if near else f"there are {', '.join(names)}"
            raise _SettingError(f"{where}there is no setting {name[:80]!r}; {hint}")


def _shown(value: Any) -> str:
    try:
        return repr(value)[:60]
    except (ValueError, RecursionError):
        # It has too many digits, or is nested too deeply.
        return f"such a long {type(value).__name__}"
