"""Keys of JSON objects that hold a name and its value: `{"name": "API_KEY", "value": …}`, and the many ways to call the two."""

from enum import Enum, auto
from functools import lru_cache


class Naming(Enum):
    """How one text names another."""

    FIELD = auto()
    """By keys that are meant for a name and its value, as in HAR files: `{"name": …, "value": …}`."""
    LOOSE = auto()
    """By keys that are also used for other things: `{"id": …, "text": …}`."""
    PAIR = auto()
    """As the first of two in a list of such lists: `[["x-api-key", …], …]`."""
    LIST = auto()
    """As the one before it in a list, as in the raw headers of Node.js: `["Accept", "*/*", …]`. It may as well be any list."""

    ARGUMENT = auto()
    """As the option before it in a list of arguments: `["login", "--password", …]`."""


_NAME_KEYS = frozenset(
    {
        "name",
        "key",
        "field",
        "fieldname",
        "header",
        "headername",
        "variable",
        "var",
        "env",
        "envvar",
        "param",
        "parameter",
    }
    | {"property", "attribute", "setting", "option", "n", "k"}
)
_LOOSE_NAME_KEYS = frozenset({"id", "identifier", "label", "title"})
_VALUE_KEYS = frozenset({"value", "values", "val", "secret", "stringvalue", "rawvalue", "v"})
_LOOSE_VALUE_KEYS = frozenset({"content", "text", "data", "default", "defaultvalue"})


@lru_cache(maxsize=1 << 14)
def naming_of(key: str) -> Naming | None:
    """Return how the text under a key names the value in the same object; None if it does not."""
    plain = _plain(key)
    if plain in _NAME_KEYS:
        return Naming.FIELD
    return Naming.LOOSE if plain in _LOOSE_NAME_KEYS else None


@lru_cache(maxsize=1 << 14)
def is_value_key(key: str) -> bool:
    """Return whether the text under a key may be named by another text in the same object."""
    plain = _plain(key)
    return plain in _VALUE_KEYS or plain in _LOOSE_VALUE_KEYS


def is_loose_value_key(key: str) -> bool:
    """Return whether a key for values is also used for other things."""
    return _plain(key) in _LOOSE_VALUE_KEYS


def _plain(key: str) -> str:
    return key.lower().replace("_", "")
