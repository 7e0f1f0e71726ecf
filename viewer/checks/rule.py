"""What a rule is.

A module in `viewer/checks/rules/` has `RULE`, and one of two kinds of checks:

    check(recording, options) -> Iterator[Violation]      a rule of single recordings

    facts(recording, options) -> T | None                 a rule over all recordings: what it keeps of each, and it has to be
    check_all(facts, options) -> Iterator[Violation]      small; None keeps nothing. `facts` are in the order of the files

`options` are the values of `RULE.options` by name, as set. Make violations with `RULE.violation(…)`: their level is the default of
the rule, which the run replaces by the one that is set.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from viewer.checks.recording import Recording
from viewer.checks.violation import Level, Violation, fingerprint_of

Setting = Literal["off", "warn", "fail"]
"""What a rule can be set to."""
Value = int | str | tuple[str, ...]
"""What an option can be."""
Options = Mapping[str, Value]


class Option(NamedTuple):
    """A value of a rule that can be set."""

    name: str
    """With its unit, such as "max_size_bytes"."""
    default: Value
    """Its type is the type that is accepted."""
    about: str
    """What it is, in a few words."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What a rule is called, how much it matters by default, and why it exists."""

    name: str
    """In lower case with hyphens. Its module has the same name with underscores."""
    level: Setting
    """Unless it is set. What fails by default must almost never be wrong."""
    about: str
    """What it reports, in one sentence."""
    why: str
    """Why that matters, in one or two sentences."""
    options: tuple[Option, ...] = ()
    ends: bool = False
    """Whether a recording that breaks it is not judged by any other rule."""

    @property
    def defaults(self) -> Options:
        """The options, if none is set."""
        return {option.name: option.default for option in self.options}

    def violation(
        self,
        file: str,
        message: str,
        advice: str,
        *,
        key: str | None = None,
        line: int | None = None,
        interaction: int | None = None,
    ) -> Violation:
        """Return a violation of this rule.

        Args:
            file: `recording.file`.
            message: what is wrong, as one sentence.
            advice: what to do, as one sentence.
            key: what tells it from others in the same file, in every later run: no index, and of a secret only its `secret_key`.
                By default the request of the interaction and the message.
            line: of the file, counted from 1, if the rule knows it.
            interaction: index into `cassette.interactions`; None for the whole file.
        """
        level: Level = "fail" if self.level == "fail" else "warn"
        # Without a key, `viewer.checks.fingerprints` fills it in, which knows the request.
        fingerprint = "" if key is None else fingerprint_of(self.name, file, key)
        return Violation(self.name, level, file, message, advice, fingerprint, line, interaction)


class Check(NamedTuple):
    """A rule with its code. Either `check`, or both `facts` and `check_all`."""

    rule: Rule
    check: Callable[[Recording, Options], Iterator[Violation]] | None
    facts: Callable[[Recording, Options], Any] | None = None
    check_all: Callable[[Sequence[Any], Options], Iterator[Violation]] | None = None
