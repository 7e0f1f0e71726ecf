"""The kinds of secrets that are planted."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

from tests.support.planting.dice import fill


class Secret(NamedTuple):
    """A made-up secret."""

    text: str
    """What is planted, such as a whole connection string."""
    unique: tuple[str, ...]
    """The parts of the text that must not be left, such as the password in the connection string."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of secret."""

    name: str
    make: Callable[[Random], Secret]
    has_form: bool = True
    """Whether the secret is recognised by its own form. Otherwise only a name next to it tells."""
    told_by: str = "api_key"
    """The name of a variable or field that holds such a secret."""
    is_header: bool = False
    """Whether it is the whole value of an Authorization header, scheme included."""
    is_number: bool = False

    def secret(self, seed: object) -> Secret:
        """Return a secret of this kind, the same for the same seed."""
        return self.make(Random(f"{self.name}/{seed}"))  # noqa: S311 - not a real secret


def from_template(name: str, template: str, told_by: str = "api_key", *, has_form: bool = True) -> Kind:
    """Return the kind of a secret whose text is random fields in a fixed frame."""
    return Kind(name, lambda dice: Secret(*fill(template, dice)), has_form, told_by)


def of_words(name: str, text: str, told_by: str, *, is_number: bool = False) -> Kind:
    """Return the kind of one given value that only its name tells."""
    return Kind(name, lambda _: Secret(text, (text,)), has_form=False, told_by=told_by, is_number=is_number)
