"""Decide by the names around a value in JSON whether it is a secret: its key, its header, and the keys of the objects around it."""

import re
from collections.abc import Iterable, Sequence
from enum import Enum, auto
from functools import lru_cache

from viewer.redaction.json_keys.pairs import Naming, is_value_key
from viewer.redaction.json_keys.strings import Place
from viewer.redaction.names import header_rule, is_identity, is_placeholder, is_secret_key, may_be_secret_key
from viewer.text.masks import is_secret
from viewer.text.secret_names import Telling, telling

KEY_RULE = "json-key"
_HEADER_RULE = "header-secret"
# A pair of a name and a value in one of these is a header, a cookie or a URL parameter.
_PAIR_LISTS = ("header", "cookie", "querystring")
# What is under these describes values, but holds none: JSON schemas, OpenAPI documents, definitions of tools.
_SCHEMA_KEYS = frozenset(
    {"properties", "patternProperties", "$defs", "definitions", "schemas", "parameter_definitions"}
) | {
    "securitySchemes",
    "securityDefinitions",
}
# What is wrong with a password is not the password: `{"errors": {"password": ["is too short"]}}`.
_ERROR_KEYS = frozenset({"error", "errors"})
# Objects under these hold a credential beside other things, or a step of a workflow: only what looks random is a secret.
_VAGUE_WORDS = frozenset({"auth", "authentication", "authenticator"})
_CODES = frozenset(
    {"pin", "pincode", "otp", "totp", "onetimepassword", "onetimecode", "mfacode", "passcode", "cvv", "cvc"}
)
_CODE = re.compile("-?[0-9]{4,10}")
# The last word of keys that say what a credential is and whose, but not the credential itself.
_DESCRIBING_WORDS = frozenset(
    [
        "type",
        "kind",
        "scheme",
        "schema",
        "name",
        "user",
        "username",
        "login",
        "email",
        "mail",
        "id",
        "uuid",
        "url",
        "uri",
        "host",
        "hostname",
        "endpoint",
        "port",
        "method",
        "algorithm",
        "alg",
        "typ",
        "format",
        "description",
        "title",
        "label",
        "placeholder",
        "hint",
        "help",
        "role",
        "roles",
        "status",
        "state",
        "region",
        "location",
        "in",
        "issuer",
        "iss",
        "aud",
        "audience",
        "provider",
        "scope",
        "scopes",
        "domain",
        "path",
        "at",
        "on",
        "by",
        "date",
        "time",
        "created",
        "updated",
        "expires",
        "expiry",
        "expiration",
        "expired",
        "version",
        "object",
        "source",
        "env",
        "enum",
        "required",
        "pattern",
        "items",
        "summary",
        "message",
        "messages",
        "error",
        "errors",
        "reason",
        "mode",
        "strategy",
        "store",
        "prefix",
        "flow",
        "flows",
    ]
)
_COOKIE_ATTRIBUTES = frozenset(
    {"name", "path", "domain", "expires", "samesite", "maxage", "priority", "site", "age", "type"}
)
# The beginnings of names of operations, such as `ListAccessTokens`.
_OPERATION = re.compile(
    r"(?:[Gg]et|[Ss]et|[Ll]ist|[Cc]reate|[Dd]elete|[Uu]pdate|[Pp]ut|[Dd]escribe|[Aa]dd|[Rr]emove|[Rr]otate)(?=[A-Z]|_)"
)
_LAST_WORD = re.compile(r"([A-Z]?[a-z]+|[A-Z]+)[^A-Za-z]*$")
_LOOKS_RANDOM = re.compile(r"(?=[^0-9]*[0-9])(?=[^A-Za-z]*[A-Za-z])[^\s\"<>{}\[\]()]{8,}")
_CREDENTIAL = re.compile(r"(?=[^0-9]*[0-9])(?=[^A-Za-z]*[A-Za-z])[A-Za-z0-9._~+/=:-]{16,}")
_NO_SECRET = re.compile(
    r"(?:https?|wss?|ftp|file)://[^\s@]*|[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9:.+Z-]*)?|(?i:true|false|yes|no|none|null)|"
)
_HEADER_LINE = re.compile(r"([A-Za-z][A-Za-z0-9_-]{1,60}): *(.+)", re.DOTALL)
_IDENTIFIER = re.compile(r"[A-Za-z0-9]+(?:_[A-Za-z0-9]+)+")
_ONES = re.compile("-?1*")
_MIN_DIGITS = 4


def may_be_named(place: Place) -> bool:
    """Return whether the names around a text may tell that it is a secret, so that `rule_by_name` must look at it."""
    return (
        bool(place.names)
        or "header" in place.path.lower()
        or (tells(place.name) and not place.path.endswith("/properties"))
        or bool(_telling_key_around(place.path))
    )


def rule_by_name(place: Place, names: Sequence[tuple[str, Naming]], value: str) -> str | None:
    """Return the rule by which a text is redacted because of the names around it; None if it is not.

    Args:
        place: where the text is.
        names: the texts next to it that may name it.
        value: the text.
    """
    if rule := next(filter(None, (_rule_of_pair(place.path.lower(), *name, value) for name in names)), None):
        return rule
    if "header" in place.path.lower():
        return None if _has_name(names) else header_rule(place.name, value)
    if place.path.endswith("/properties") or (" " in value and not _ERROR_KEYS.isdisjoint(place.path.split("/"))):
        return None
    if tells_of(place.name, value):
        return None if place.name.lower() == "secrets" and _is_name_of_secret(value) else KEY_RULE
    key = _telling_key_around(place.path)
    return KEY_RULE if key and _is_secret_under(key, place.name, value) else None


def number_rule(place: Place, names: Sequence[tuple[str, Naming]], number: str) -> str | None:
    """Return the rule by which a JSON number is redacted because of the names around it; None if it is not.

    Counts, switches and numbers that are redacted already are not secrets.
    """
    if len(number.lstrip("-")) < _MIN_DIGITS or _ONES.fullmatch(number):
        return None
    if any(how in (Naming.FIELD, Naming.PAIR) and tells_of(name, number) for name, how in names):
        return KEY_RULE
    if place.path.endswith("/properties"):
        return None
    if tells_of(place.name, number):
        # The number under the name of several is their count, unless it is one of a list.
        is_one_of_list = place.path.rstrip("/").endswith(f"/{place.name}")
        return KEY_RULE if is_one_of_list or not place.name.endswith("s") else None
    key = _telling_key_around(place.path)
    return KEY_RULE if key and not _is_vague(key) and is_value_key(place.name) and tells_of(key, number) else None


def _has_name(names: Iterable[tuple[object, Naming]]) -> bool:
    """Return whether any of the texts next to a value is sure to be its name."""
    return any(how not in (Naming.LIST, Naming.ARGUMENT) for _, how in names)


def header_value_at(place: Place, value: str) -> int:
    """Return where the secret of a text such as "Authorization: …" in a list of headers begins; -1 if it has none."""
    if _has_name(place.names) or "header" not in place.path.lower():
        return -1
    match = _HEADER_LINE.match(value)
    return match.start(2) if match and header_rule(match[1], match[2]) == _HEADER_RULE else -1


@lru_cache(maxsize=1 << 14)
def tells(name: str) -> bool:
    """Return whether the value of a key, or each of its values, may be a secret."""
    return (
        may_be_secret_key(name)
        or may_be_secret_key(_singular(name))
        or not _CODES.isdisjoint((_plain(name), _plain(_singular(name))))
    )


def mention_secret(words: Iterable[str]) -> bool | None:
    """Return whether quoted words name a secret: a key, or the header or parameter in a list of these.

    None says that it depends on the value, as that of `token`.
    """
    mentions = frozenset(map(_mention, words))
    if _Mention.SECRET in mentions or (_Mention.PAIRS in mentions and mentions & {_Mention.HEADER, _Mention.MAYBE}):
        return True
    return None if _Mention.MAYBE in mentions else False


@lru_cache(maxsize=1 << 14)
def _mention(word: str) -> "_Mention":
    surest = max(telling(word), telling(_singular(word)))
    if surest in (Telling.MAYBE, Telling.HARDLY):
        return _Mention.MAYBE
    if surest or tells(word) or _is_vague(word):
        return _Mention.SECRET
    if any(one in _plain(word) for one in _PAIR_LISTS):
        return _Mention.PAIRS
    is_header = is_identity(word) or (is_secret(word) and word.lower() != "key")
    return _Mention.HEADER if is_header else _Mention.NOTHING


class _Mention(Enum):
    """What a quoted word may be."""

    NOTHING = auto()
    SECRET = auto()
    MAYBE = auto()
    """The name of a secret if the value looks random."""
    PAIRS = auto()
    """The key of a list of headers, cookies or parameters."""
    HEADER = auto()
    """One of these, if it is in such a list."""


def tells_of(name: str, value: str) -> bool:
    """Return whether a value is a secret because of its key."""
    if _plain(name) in _CODES or _plain(_singular(name)) in _CODES:
        return _CODE.fullmatch(value) is not None
    return is_secret_key(name, value) or (name[-1:] in ("s", "S") and is_secret_key(_singular(name), value))


def _rule_of_pair(path: str, name: str, how: Naming, value: str) -> str | None:
    if name[:1] == "-" and how in (Naming.LIST, Naming.ARGUMENT):
        return KEY_RULE if value[:1] != "-" and tells_of(name, value) else None
    if how is Naming.ARGUMENT:
        return None
    if any(word in path for word in _PAIR_LISTS):
        if "cookie" in path and how is Naming.FIELD:
            return _HEADER_RULE if value.strip("•") else None
        return header_rule(name, value)
    if tells_of(name, value) and "\n" not in name:
        is_meant = how in (Naming.FIELD, Naming.PAIR)
        return KEY_RULE if is_meant or (_LOOKS_RANDOM.fullmatch(value) and not _says_no_secret(value)) else None
    return KEY_RULE if is_secret(name) and _CREDENTIAL.fullmatch(value) and header_rule(name, value) else None


@lru_cache(maxsize=1 << 14)
def _telling_key_around(path: str) -> str:
    """Return the innermost key of a path that tells of credentials; "" if none does, or if the path is that of a schema."""
    keys = path.split("/")
    if not _SCHEMA_KEYS.isdisjoint(keys):
        return ""
    return next((key for key in reversed(keys) if key and _may_hold_secret(key)), "")


def _may_hold_secret(key: str) -> bool:
    """Return whether what is under a key may be a credential. A key with a slash is a path itself, as in OpenAPI documents."""
    return "~1" not in key and not _OPERATION.match(key) and (tells(key) or _is_vague(key))


def _is_secret_under(key: str, name: str, value: str) -> bool:
    """Return whether a text is a secret because an object around it is under a telling key. `name` is its own key."""
    if is_placeholder(value) or _says_no_secret(value):
        return False
    last = _LAST_WORD.search(name)
    words = _COOKIE_ATTRIBUTES if "cookie" in key.lower() else _DESCRIBING_WORDS
    if last and name != key and last[1].lower() in words:
        return False
    return _LOOKS_RANDOM.fullmatch(value) is not None if _is_vague(key) else tells_of(key, value)


def _says_no_secret(value: str) -> bool:
    return _NO_SECRET.fullmatch(value) is not None or _is_name_of_secret(value)


def _is_name_of_secret(value: str) -> bool:
    """Return whether a value only names a secret that is kept elsewhere, as the `secrets` of a container do: "db_password"."""
    return _IDENTIFIER.fullmatch(value) is not None and tells(value)


def _is_vague(key: str) -> bool:
    return _plain(key) in _VAGUE_WORDS


def _singular(name: str) -> str:
    return name[:-1] if name[-1:] in ("s", "S") else name


def _plain(name: str) -> str:
    return "".join(filter(str.isalnum, name)).lower()
