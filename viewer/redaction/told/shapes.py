"""What a value under a telling name looks like: a credential, or a word, a placeholder or code that stands there instead."""

import re
from enum import Enum
from functools import lru_cache

from viewer.redaction.names import is_placeholder, is_session
from viewer.text.secret_names import Telling, telling

RULE = "told-value"

_MIN_LENGTH = 4
_MIN_CREDENTIAL = 6
_MIN_LIKELY = 8
# Longer values are judged by their beginning, so that hostile input takes linear time.
_MAX_JUDGED = 300
# Also a single character as JSON writes it.
_TYPE = re.compile(
    r"\\u[0-9a-fA-F]{4}|(?i:u?int|float|bytes|str|string|array|buffer|utf|sha|md|base|hex|ecdsa|ed|rs|hs|es|oauth|v)-?\d{1,5}\w{0,8}|(?:AWS4|GOOG4)-[A-Z0-9-]+"
    r"|[A-Z]\w{0,40}\[[A-Za-z_][\w., |\[\]]{0,80}\]"
)
_NUMBER = re.compile(r"[-+]?[0-9][0-9.,:/_%-]*|0x[0-9A-Fa-f]{1,8}")
# Under a sure name, such a number counts nothing.
_LONG_NUMBER = re.compile("[0-9]{6,40}")
_UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
# JSON writes half of a surrogate pair so: one character, which is too short.
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F][0-9a-fA-F]{2}")
# Keys that services issue for pages that everybody may read.
_PUBLIC = re.compile(
    r"pub[0-9a-f]{32}|pk[_.](?:live|test)?.*|phc_\w*|sb_publishable_.*|.*EXAMPLE.*|[\w-]{0,12}(?:\.{3}|…).*"
)
# Names of several words, of which the last has no digit: `s3_connection`, `x509-workload-identity`.
_NUMBERED_NAME = re.compile(
    r"(?:[a-z]{1,20}[0-9]{0,3}[_-]|[0-9]{1,3}[_-]){1,6}[a-z]{3,20}|(?:[a-z]{1,20}-){1,6}sha[0-9]{1,3}"
)
# Calls, subscripts, templates, variables and attribute paths.
_CODE = re.compile(
    r"[$&*!]?[A-Za-z_][\w.:?!$>-]*[(\[{<].*|[$%]?[{(<\[].*|\$[A-Za-z_]\w*|%[A-Za-z_]\w*%|%[sdrv]|@[A-Za-z_][\w.]*"
    r"|&?[A-Za-z_]\w*(?:(?:\.|::|->|\?\.)#?[A-Za-z_]\w{0,40})+-?|[A-Z]+(?:_[A-Z0-9]{1,12})+|(?i:null|none|true|false|undefined|this|self|void)\W.*"
    r"|(?:new|await|return|function|lambda|async)\b.*|//.*|/\*.*|#.*"
    # Minified JavaScript, conversions of Python, and types.
    r"|![01]\W.*|\w{1,3}(?:\?[\w.]{1,20}:\w.*|[,:;](?:this|void|delete|function|return|typeof)\b.*|[,;][\w.$]{1,60}[(=?].*)|[A-Za-z_][\w.]*![rsa]"
    r"|\w{0,40}(?:Public|Private|Access|Session)Key(?:Type|Id|Name)?s?",
    re.DOTALL,
)
_PATH = re.compile(
    r"(?:[A-Za-z]:[\\/]|\.{0,2}/|~/)[\w.@ -]*(?:[\\/][\w.@ {}:*-]*)+|\.{0,2}/[\w.-]*|(?:https?|file|wss?|urn|op|arn):.*"
)
_SEVERAL_WORDS = re.compile(r"[a-z][a-z0-9_.-]*(?:/[a-z][a-z0-9_.-]*){2,}/?\d{0,3}")
_SYMBOL = re.compile(
    r"[A-Za-z0-9].{0,200}?[!@#$%^&*+~?].{0,200}?[A-Za-z0-9]|[A-Za-z0-9].{0,200}?[!@#$%^&*~?]", re.DOTALL
)
_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z]*(?:[ _.:/-]+[A-Za-z]+)*[.:!?]?")
_PASSPHRASE = re.compile(r"[a-z]{2,20}(?:[ -][a-z]{2,20}){2,9}")
# No message of so few words holds a word of letters and digits.
_FEW_WORDS = 5
_MIXED_WORD = re.compile(r"(?<!\S)(?=[A-Za-z]*[0-9])(?=[0-9]*[A-Za-z])[A-Za-z0-9]{10,}(?!\S)")
_SHORT_WORDS_AND_MARKS = re.compile(r"[A-Za-z]+|[0-9]+")
# Words of messages, labels, schemas and code. A passphrase of ordinary words has none of them.
_PROSE_WORDS = frozenset(
    [
        "a",
        "an",
        "and",
        "any",
        "are",
        "as",
        "at",
        "be",
        "been",
        "by",
        "can",
        "cannot",
        "could",
        "do",
        "does",
        "enter",
        "for",
        "from",
        "has",
        "have",
        "if",
        "in",
        "into",
        "is",
        "it",
        "its",
        "may",
        "me",
        "must",
        "my",
        "no",
        "not",
        "of",
        "on",
        "or",
        "our",
        "please",
        "should",
        "that",
        "the",
        "their",
        "then",
        "there",
        "this",
        "to",
        "too",
        "use",
        "used",
        "using",
        "was",
        "we",
        "when",
        "which",
        "will",
        "with",
        "without",
        "you",
        "your",
        "add",
        "all",
        "at",
        "auth",
        "authentication",
        "automatic",
        "basic",
        "bearer",
        "boolean",
        "bytes",
        "change",
        "char",
        "check",
        "client",
        "confirm",
        "create",
        "default",
        "desc",
        "description",
        "digest",
        "disabled",
        "empty",
        "enabled",
        "env",
        "error",
        "example",
        "expected",
        "expired",
        "failed",
        "false",
        "field",
        "file",
        "forgot",
        "generate",
        "get",
        "header",
        "hidden",
        "id",
        "incorrect",
        "input",
        "invalid",
        "key",
        "keyring",
        "label",
        "login",
        "long",
        "mandatory",
        "manual",
        "max",
        "min",
        "missing",
        "name",
        "never",
        "new",
        "nil",
        "none",
        "null",
        "nullable",
        "number",
        "object",
        "only",
        "oauth",
        "old",
        "optional",
        "param",
        "parameter",
        "plain",
        "private",
        "public",
        "provided",
        "query",
        "read",
        "redacted",
        "required",
        "reset",
        "secret",
        "secured",
        "see",
        "server",
        "set",
        "short",
        "show",
        "sign",
        "signin",
        "some",
        "string",
        "text",
        "token",
        "type",
        "undefined",
        "unknown",
        "unset",
        "update",
        "user",
        "username",
        "value",
        "vault",
        "wrong",
        "yes",
        "true",
        "off",
        "password",
        "passwd",
        "passphrase",
        "credential",
        "credentials",
        "cookie",
        "session",
        "code",
        "varchar",
        "integer",
        "array",
        "list",
        "dict",
        "any",
        "unauthorized",
        "include",
        "omit",
        "same",
        "origin",
        "minutes",
        "hours",
        "days",
        "seconds",
        "strength",
        "policy",
        "revoked",
        "rotate",
        "secrets",
        "tokens",
        "keys",
        "passwords",
        "anthropic",
        "openai",
        "azure",
        "google",
        "write",
        "inherit",
        "option",
        "options",
        "flag",
        "argument",
        "arguments",
        "prompt",
        "instead",
        "demo",
        "sample",
        "here",
        "below",
        "above",
    ]
)


class Form(Enum):
    """How a value is written."""

    QUOTED = "quoted"
    SETTING = "setting"
    """In a file of settings or before a command: `DB_PASSWORD=…`."""
    BARE = "bare"
    PROSE = "prose"
    LOOSE = "loose"
    """With nothing but white space after the name."""


def is_told_value(value: str, told: Telling, form: Form) -> bool:
    """Return whether a value under a telling name is a secret."""
    return _is_told_value(value[:_MAX_JUDGED].strip(), told, form)


@lru_cache(maxsize=4096)
def _is_told_value(value: str, told: Telling, form: Form) -> bool:
    if len(value) < _MIN_LENGTH or "•" in value or is_placeholder(value):
        return False
    if _PUBLIC.fullmatch(value) or _SURROGATE.fullmatch(value):
        return False
    if told is Telling.HARDLY:
        return is_session(value)
    if told is Telling.MAYBE or form is Form.LOOSE:
        return looks_random(value)
    if told is Telling.LIKELY and (form is not Form.SETTING or _NUMBER.fullmatch(value)):
        return looks_like_credential(value) and len(value) >= _MIN_LIKELY and not _is_prose(value)
    if form is Form.QUOTED or form is Form.SETTING:
        return not (_is_template(value) if form is Form.QUOTED else _CODE.fullmatch(value)) and not _is_ordinary(value)
    return looks_like_credential(value) or (told is Telling.SURELY and _LONG_NUMBER.fullmatch(value) is not None)


def is_code(value: str) -> bool:
    """Return whether a value is code that stands for the secret: a call, a variable, a template."""
    return _CODE.fullmatch(value) is not None or _is_template(value)


def looks_random(value: str) -> bool:
    """Return whether a value has a long run of letters and digits mixed, as tokens do and words do not."""
    if _CODE.fullmatch(value) or " " in value or _PATH.fullmatch(value):
        return False
    if _UUID.fullmatch(value):
        return True
    runs = [run for run in re.findall(r"[A-Za-z0-9+/_-]{16,}", value) if len(set(run)) >= 8]
    return any(_mixes(run) for run in runs)


def _mixes(run: str) -> bool:
    pieces = _SHORT_WORDS_AND_MARKS.findall(run)
    digits = sum(map(str.isdigit, pieces))
    return digits >= 2 and len(pieces) - digits >= 2 and max(map(len, re.split(r"[-_/]", run))) >= 10


def looks_like_credential(value: str) -> bool:
    """Return whether a value has a digit or a symbol among letters, and is not code, a path or a number."""
    if (
        _SEVERAL_WORDS.fullmatch(value)
        or _NUMBERED_NAME.fullmatch(value)
        or len(value) < _MIN_CREDENTIAL
        or _CODE.fullmatch(value)
        or _TYPE.fullmatch(value)
        or _PATH.fullmatch(value)
    ):
        return False
    if _NUMBER.fullmatch(value) or _names_a_secret(value):
        return False
    has_letter = any(map(str.isalpha, value))
    has_digit = any(map(str.isdigit, value))
    return (has_letter and has_digit) or bool(_SYMBOL.fullmatch(value)) or looks_random(value)


def _is_template(value: str) -> bool:
    return (
        (value[:1] in "+),;:]}" and re.search(r"[(|)+]", value[1:]) is not None)
        or any(mark in value for mark in ("${", "#{", "{{", "%(", "||", "&&"))
        or bool(
            re.fullmatch(
                r"[^{}<>$%]{0,40}(?:\$?\{\{?[^{}]*\}?\}|<[^<>]*>|\$\([^()]*\)|\$[A-Za-z_]\w*|%[sdrv]|%\([^()]*\)s).{0,40}",
                value,
            )
        )
    )


def _is_ordinary(value: str) -> bool:
    """Return whether a quoted value or a setting is a word, a message, a name or a path instead of a secret."""
    return (
        _is_prose(value)
        or bool(_PATH.fullmatch(value) or _SEVERAL_WORDS.fullmatch(value))
        or _names_a_secret(value)
        or bool(_TYPE.fullmatch(value))
    )


def _is_prose(value: str) -> bool:
    words = [word.lower() for word in re.findall(r"[A-Za-z]+", value)]
    if " " in value.strip():
        if len(words) <= _FEW_WORDS and _MIXED_WORD.search(value):
            return False
        return not (_PASSPHRASE.fullmatch(value) and not _PROSE_WORDS.intersection(words)) and not (
            len(words) <= 4 and any(map(str.isdigit, value)) and not _PROSE_WORDS.intersection(words)
        )
    return bool(_IDENTIFIER.fullmatch(value)) and bool(words) and bool(_PROSE_WORDS.intersection(words))


def _names_a_secret(value: str) -> bool:
    """Return whether a value is itself the name of a secret, as in `password=db_password1`."""
    return (
        bool(re.fullmatch(r"[A-Za-z_][\w.-]*", value)) and telling(value) >= Telling.LIKELY and not looks_random(value)
    )
