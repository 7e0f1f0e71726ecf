"""Find values under telling names in plain text: `DB_PASSWORD=…`, `api_key: "…"`, `<password>…</password>`.

The text may be settings, code, a command, a log, a table or prose. Names are found first, by the few stems that all of them
share: most texts hold none. What follows a name then says how its value is written.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from viewer.redaction.spans import SecretSpan
from viewer.redaction.told.commands import find_command_values
from viewer.redaction.told.headers import find_header_values
from viewer.redaction.told.settings import is_header, is_pair, is_row_of_two, is_setting_line
from viewer.redaction.told.shapes import RULE, Form, is_told_value
from viewer.redaction.told.urls import find_url_values
from viewer.text.secret_names import Telling, telling

# What tells, and a stem that each such name holds. Found in bytes of Latin-1 in lower case: faster than ignoring case in the text,
# and every place stays the same.
_NAMES = (
    (b"pass", rb"pass(?![aei])"),
    *((stem, stem) for stem in (b"pwd", b"secret", b"token")),
    (b"key", rb"key(?![a-rt-z])"),
    (b"auth", rb"auth(?!or\b|ors|ent)"),
    *((stem, stem) for stem in (b"cred", b"cookie", b"jwt", b"bearer")),
    (b"conn", rb"conn(?:ection)?[ _-]?str"),
    (b"dsn", b"dsn"),
    (b"pin", rb"pin(?<!\wpin)\b"),
    (b"otp", rb"otp\b"),
    *((stem, stem) for stem in (b"senha", b"wachtwoord", b"kennwort", b"contrase")),
    (b"passe", rb"mot[ _-]?de[ _-]?passe"),
    (b"sess", rb"sess(?:ion)?[._-]?id\b"),
    (b"connect.sid", rb"connect\.sid"),
    (b"aspxauth", b"aspxauth"),
    (b"psk", rb"\bpsk\b"),
    (b"code", rb"(?:auth|authorization)[._-]?code|code[._-]?verifier"),
    *((stem, stem) for stem in (b"heslo", b"haslo", b"senord", b"adgangskode", b"salasana", b"jelszo", b"sifre")),
    (b"samlresponse", b"samlresponse"),
    (b"salt", rb"(?:nonce|in)[._-]salt"),
    (b"phrase", rb"(?:seed|recovery)[._ -]?phrase"),
    (b"code", rb"(?:2fa|mfa|security|verification|recovery|backup)[ _-]?code"),
    (b"pw", rb"\b(?:root|bind|db|admin)?pw\b"),
)
# In a shorter text, one expression is faster than a search for each stem.
_SHORT = 500
_FOREIGN = (
    "密码",
    "密碼",
    "口令",
    "パスワード",
    "비밀번호",
    "пароль",
    "Пароль",
    "ПАРОЛЬ",
    "ontraseña",
    "ONTRASEÑA",
    "hasło",
    "Hasło",
    "jelszó",
    "Jelszó",
    "şifre",
    "Şifre",
)
_FOREIGN_NAME = re.compile("|".join(_FOREIGN))
_NAME_CHARACTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-."
_MAX_HEAD = 64
# A rejected value that is longer is not searched for further names, so that hostile input takes linear time.
_MAX_SEARCHED_AGAIN = 200
_FIRST_READ = 256
# As many characters decide whether a pair ends.
_LONGEST_END = 64

_AFTER = re.compile(
    r"""
    (?P<close>["'`]?[\])]?[*_]{0,2}["'`]?)
    (?P<gap>[ \t]{0,60})
    (?:\([^()\n]{1,40}\)[ \t]{0,4})?
    (?:(?::[ \t]{0,4}|(?<=[ \t]))(?:&(?:'\w{1,20}[ ])?|\*)?(?:[A-Za-z_][\w.]{0,30}(?:\[[\w., |]{0,40}\])?(?:[ \t]?\|[ \t]?None)?\??|\?)[ \t]{0,4}(?==[^=>]))?
    (?P<op>:=|=>|->|\|\|=?|\?\?=?|\?:|[!=]==?|:{0,2}\+?=|::?|：|＝|→|[-–—](?=[ \t])|,|\||是|为|は|는|은
      |(?:is|was|are|ist|est|es|has[ ]been|to)(?:[ \t](?:now|(?:(?:set|changed|reset)[ ])?to))?(?=[: \t]):?|)
    (?P<marks>[*_]{0,2})
    (?P<space>[ \t]{0,60}(?:(?:[>|][+-]?|\\)?\r?\n[ \t]{1,60})?)
    (?:(?:new[ ]\w{1,20}|SecretStr|SecureString|str|String|Some|Secret|Buffer\.from|b64encode|quote|Literal|Field\(default=|\[\]byte|bytes|bytearray|atob|btoa|b64decode)\()?
    (?:</?[a-z]{1,10}>[ \t]{0,4}){0,3}
    """,
    re.VERBOSE,
)
_ELEMENT = re.compile(r"(?:[ \t][^<>\n]{0,80})?>\s{0,60}(?:<!\[CDATA\[)?([^<>\n\]\0]{1,4096})(?:\]\]>)?\s{0,60}</")
# `<key>password</key><string>…</string>`, and cells of a table.
_ELEMENT_AFTER = re.compile(r"[: \t]{0,8}</\w{1,20}>\s{0,60}<\w{1,20}>([^<>\n\0]{1,4096})</")
# `<entry key="password">…</entry>`
_NAMED_ELEMENT = re.compile(r"[\"'][^<>\n\0]{0,80}>\s{0,60}(?:<!\[CDATA\[)?([^<>\n\]\0]{1,4096})(?:\]\]>)?\s{0,60}</")
_PAIR = re.compile(
    r"""["'`]?[ \t]{0,8}[,;]?\s{0,60}(?:[\w-]{1,20}=["'][^"'<>\n]{0,40}["']\s{1,10}){0,3}"""
    r"""["']?(?:[vV]alue|VALUE|val|content|stringValue|defaultValue)["']?\s{0,4}(?::|=>?)\s{0,10}"""
)
_IS_NAMED = re.compile(
    r"""(?:name|key|id|Name|Key|header|variable|env|var|field)["']?\s{0,4}(?::|=>?)\s{0,4}["'`]?[\w.$-]{0,64}\Z"""
)
_CALL = re.compile(
    r"(?:define|env|[Ss]et\w*|[pP]ut\w*|[aA]dd\w*|[aA]ppend|[hH]eader\w*|export|config|[wW]ith\w*|[pP]roperty|[gG]et\w*|insert)"
    r"[ \t]?\([ \t]?[\"'`][\w.$-]{0,64}\Z"
)
_SETS = re.compile(
    r"(?:\b(?:ENV|ARG|setx?|configure set|config set|secrets? set|SETENV|login \S{1,64}|set-option)[ \t]{1,4}"
    r"|(?:^|[\s\"'`(\[,=])--?(?:[\w]{1,20}-)?)[\w.$-]{0,64}\Z|(?:^|\n)[ \t]{0,8}(?:password|requirepass|masterauth|bindpw)\Z"
)
_SQL = re.compile(r"\b(?:WITH|USER|ROLE|ENCRYPTED|LOGIN|SET|ALTER|CREATE)\b", re.IGNORECASE)
_QUOTED = {
    quote: re.compile(
        rf"(?:{quote * 3}([^\0]{{0,4000}}?){quote * 3}|{quote}([^{quote}\\\n\0]*+(?:(?:\\.|{quote}{quote})[^{quote}\\\n\0]*+)*+)({quote}?))"
    )
    for quote in "\"'`"
}
# In a quoted cell of CSV.
_DOUBLED = re.compile(r"\"\"([^\"\s,;:)\]}+.=\0][^\"\n\0]{2,400})\"\"(?!\")")
_PREFIX = re.compile(r"[bBrRuUfFL@$]{1,2}(?=[\"'`])")
_BARE = re.compile(r"[^\s\"'`<>|\0]++")
_BARE_IN_QUERY = re.compile(r"[^\s\"'`<>|\0&;#]++")
_SCHEME = re.compile(r"(?:Bearer|bearer|Basic|basic|Token|token|ApiKey|Bot|Key|JWT|Digest)[ \t]{1,4}(?=\S)")
_END_OF_PAIR = re.compile(r"&(?=[\w.%-]{1,40}=)|,(?=\s|$|[\"'\w.-]{0,40}[=:(\[{])|;|[)\]}]+(?=[\s,;.)\]}]|$)")
_END_OF_PARAMETER = re.compile(r"[&;#]")
_NEXT_PAIR = re.compile(r"[\w.-]{1,60}(?:=(?!=|\s|$)|[ \t]{1,4}=|:[ \t\w])")
_BRACED = re.compile(r"\{([^{}\s\0]{4,200})\}(?=[;\s\"']|\Z)")
_VARIABLE = re.compile(r"\"[ \t]{0,8}\{\s{0,20}(?:[^{}\n\0]{0,200}\n\s{0,20}){0,4}default\s{0,20}=\s{0,20}")
_PIN = re.compile(r"(?!1+$)[0-9]{4,8}")
_PIN_NAME = re.compile(r"(?:pin|otp|passcode|(?:pin|2fa|mfa|security|verification)[ _-]?code)$", re.IGNORECASE)
_HEADER_VALUE = re.compile(r"[ \t]*+([^\s\"'`\\\0](?:[^\"'`\\\r\n\0]{0,4000}[^\s\"'`\\\0])?)")
# The values of these have names or schemes: `find_header_values` reads them.
_LISTING = re.compile(r"(?:cookies?|authorization|credentials?)$", re.IGNORECASE)
_PASSWORD = re.compile(r"(?:pass|password|passwd|passphrase|passcode|pwd|pw)$", re.IGNORECASE)
# In prose, words follow an option: `the --password option is new`.
_END_OF_ARGUMENT = re.compile(r"[\"'`]?(?:[ \t]*(?:[\r\n\0|;&)\\\"'`<>]|\Z)|[ \t]+(?:-|[\w.-]*[/@:=.][^\s.]))")
_CELL = re.compile(r"[ \t`\"'*]*+([^|`\"'\r\n\0\s](?:[^|`\"'\r\n\0]{0,400}?[^|`\"'\r\n\0\s])?)[ \t`\"'*]*\|")
_PASSPHRASE_LINE = re.compile(r"[a-z]{2,20}(?: [a-z]{2,20}){2,9}[ \t]*(?=\r?\n|\0|\Z)")


class _Name(NamedTuple):
    """A telling name in a text."""

    begin: int
    end: int
    text: str
    told: Telling
    head: str
    """What precedes its end, from the same line or a little before."""


class _Value(NamedTuple):
    begin: int
    end: int
    form: Form


def find_told_values(text: str) -> Iterator[SecretSpan]:
    """Yield the values under telling names in a plain text. A value written as ordinary words is not found, unless it is quoted."""
    yield from find_url_values(text)
    yield from find_command_values(text)
    lowered = text.encode("latin-1", "replace").lower()
    # Each further name makes the expression slower.
    names = [name for stem, name in _NAMES if len(lowered) < _SHORT or stem in lowered]
    if names:
        yield from find_header_values(text, lowered)
        yield from _find_under(text, (match.span() for match in _any_of(tuple(names)).finditer(lowered)))
    if not text.isascii() and any(name in text for name in _FOREIGN):
        yield from _find_under(text, (match.span() for match in _FOREIGN_NAME.finditer(text)))


@lru_cache(maxsize=256)
def _any_of(names: tuple[bytes, ...]) -> re.Pattern[bytes]:
    return re.compile(rb"(?:%b)[\w-]{0,48}+" % b"|".join(names))


def _find_under(text: str, stems: Iterator[tuple[int, int]]) -> Iterator[SecretSpan]:
    done = 0
    for stem, end in stems:
        if stem < done:
            continue
        name = _name_at(text, stem, end)
        if name is None:
            continue
        value = _value_of(text, name)
        if value is None:
            continue
        secret = text[value.begin : value.end]
        is_pin = _PIN_NAME.search(name.text) and _PIN.fullmatch(secret)
        if is_pin or is_told_value(secret, name.told, value.form):
            yield SecretSpan(value.begin, value.end, RULE, secret)
            done = value.end
        elif len(secret) > _MAX_SEARCHED_AGAIN:
            done = value.end


def _name_at(text: str, stem: int, end: int) -> _Name | None:
    low = max(0, stem - _MAX_HEAD)
    head = text[low:stem]
    begin = low + len(head.rstrip(_NAME_CHARACTERS))
    name = text[begin:end]
    told = telling(name.rpartition(".")[2]) or telling(name)
    if told < Telling.SURELY:
        spaced = text[low + len(head.rstrip(_NAME_CHARACTERS + " ")) : end]
        if telling(spaced) is Telling.SURELY:
            begin, name, told = end - len(spaced.lstrip()), spaced.lstrip(), Telling.SURELY
    if told is Telling.NOTHING:
        return None
    return _Name(begin, end, name, told, text[low:end])


def _value_of(text: str, name: _Name) -> _Value | None:
    """Return the value that follows a name, in whichever way it is written."""
    before = text[name.begin - 1 : name.begin]
    if before in ("<", ">", ":") and (match := (_ELEMENT if before != ">" else _ELEMENT_AFTER).match(text, name.end)):
        return _Value(*match.span(1), Form.QUOTED)
    is_named = _IS_NAMED.search(name.head) is not None
    if is_named and (match := _NAMED_ELEMENT.match(text, name.end)):
        return _Value(*match.span(1), Form.QUOTED)
    if is_named and (match := _PAIR.match(text, name.end)):
        return _read_value(text, match.end(), Form.BARE)
    if name.head.endswith(f'variable "{name.text}') and (match := _VARIABLE.match(text, name.end)):
        return _read_value(text, match.end(), Form.BARE)
    match = _AFTER.match(text, name.end)
    if match is None:
        return None
    return _value_after_operator(text, name, match)


def _value_after_operator(text: str, name: _Name, match: re.Match[str]) -> _Value | None:
    op, close, place = match["op"], match["close"], match.end()
    before = text[name.begin - 1 : name.begin]
    if op == ":" and before == ":" and "arn:" in name.head:
        return None
    if op in (",", "|") and close.strip("*_\"'`"):
        return None
    if not op:
        return _value_after_space(text, name, match)
    if op in (",", "|", "||", "??", "||=", "??="):
        return _value_in_list(text, name, op, place)
    if op[0].isalpha():
        return _read_value(text, place, Form.BARE)
    if op.startswith(("==", "!")) and text[place : place + 1] not in ("'", '"'):
        return None
    in_query = before in ("&", "?", ";")
    if (
        op == ":"
        and not _LISTING.search(name.text)
        and is_header(text, name.begin, name.text)
        and (rest := _HEADER_VALUE.match(text, place))
    ):
        return _Value(*rest.span(1), Form.SETTING)
    value = _read_value(text, place, Form.BARE, in_query=in_query)
    if value is None or (match["space"].find("\n") >= 0 and _NEXT_PAIR.match(text, value.begin)):
        return None
    if value.form is Form.BARE and _is_setting(text, name, match):
        setting = _read_value(text, place, Form.SETTING, in_query=in_query) or value
        # In a list of pairs, the comma is not part of the value.
        ends_pair = not name.text.isupper() and text[setting.end - 1] in ",;"
        value = setting._replace(end=setting.end - ends_pair)
    # A connection string, or the query of a URL.
    cut = _END_OF_PARAMETER.search(text, value.begin, value.end) if in_query else None
    return value._replace(end=cut.start()) if cut else value


def _is_setting(text: str, name: _Name, match: re.Match[str]) -> bool:
    """Return whether what follows the operator can only be a value, even if it is a word without quotes."""
    op, place = match["op"], match.end()
    before = text[name.begin - 1 : name.begin]
    tight = op == "=" and not (match["gap"] or match["space"] or match["close"])
    if tight and (name.text.isupper() or before == "-" or name.text.startswith("-")):
        return True
    if name.told is not Telling.SURELY or match["close"] or _LISTING.search(name.text):
        return False
    if tight and before in ("&", "?", ";"):
        return True
    value = _read_value(text, place, Form.SETTING)
    if value is None:
        return False
    if tight and is_pair(text, name.begin, value.begin, value.end):
        return True
    is_line = (op == ":" and bool(match["space"])) or op == "="
    return is_line and "\n" not in match["space"] and is_setting_line(text, name.begin, value.begin, value.end, op)


def _value_after_space(text: str, name: _Name, match: re.Match[str]) -> _Value | None:
    """Return the value that only white space separates from its name, as after an option of a command."""
    if not match["gap"] or match["close"].strip("\"'") or "\n" in match["space"]:
        return None
    quoted = text[match.end() : match.end() + 1] in ("'", '"')
    if _SETS.search(name.head) or (quoted and _SQL.search(name.head)):
        is_password = name.told is Telling.SURELY and _PASSWORD.search(name.text) is not None
        value = _read_value(text, match.end(), Form.SETTING if is_password else Form.BARE)
        return value if value is None or _END_OF_ARGUMENT.match(text, value.end) else value._replace(form=Form.BARE)
    if name.told is Telling.SURELY:
        is_password = name.text.lower().endswith(("password", "passwd"))
        return _read_value(text, match.end(), Form.PROSE if is_password else Form.LOOSE)
    return None


def _value_in_list(text: str, name: _Name, op: str, place: int) -> _Value | None:
    """Return the value that follows a name in a call, in a row of a table or as a fallback."""
    if op == "|":
        line = text[text.rfind("\n", max(0, name.begin - _MAX_HEAD), name.begin) + 1 : name.begin]
        if "|" not in line and line.strip():
            return None
        value = _read_value(text, place, Form.PROSE)
        is_sure = name.told is Telling.SURELY and is_row_of_two(text, name.begin)
        if value is None or not is_sure or not (cell := _CELL.match(text, place)):
            return value
        return _Value(*cell.span(1), Form.SETTING)
    if text[place : place + 1] not in ("'", '"', "`"):
        return None
    value = _read_value(text, place, Form.QUOTED)
    if value is None or op != "," or _CALL.search(name.head):
        return value
    # A list of names is written over several lines.
    return value._replace(form=Form.LOOSE if "\n" in text[name.end : place] else Form.PROSE)


def _read_value(text: str, place: int, form: Form, *, in_query: bool = False) -> _Value | None:
    prefix = _PREFIX.match(text, place)
    place = prefix.end() if prefix else place
    if doubled := _DOUBLED.match(text, place):
        return _Value(*doubled.span(1), Form.QUOTED)
    if quoted := _QUOTED.get(text[place : place + 1]):
        match = quoted.match(text, place)
        if match is not None and (match[1] is not None or match[3] or match.end() == len(text)):
            begin, end = match.span(1 if match[1] is not None else 2)
            scheme = _SCHEME.match(text, begin, end)
            form = Form.PROSE if form is Form.PROSE else Form.QUOTED
            return _Value(scheme.end() if scheme else begin, end, form)
        place += 1
    if form is Form.SETTING and (line := _PASSPHRASE_LINE.match(text, place)):
        return _Value(place, place + len(line[0].rstrip()), form)
    if braced := _BRACED.match(text, place):
        return _Value(*braced.span(1), Form.BARE)
    scheme = _SCHEME.match(text, place)
    begin = scheme.end() if scheme else place
    bare = _BARE_IN_QUERY if in_query else _BARE
    end = _end_of_bare(text, begin, bare, is_setting=form is Form.SETTING)
    if end == begin:
        return None
    end = begin + len(text[begin:end].rstrip("\\" if form is Form.SETTING else ".,;:*\\"))
    return _Value(begin, end, form)


def _end_of_bare(text: str, begin: int, bare: re.Pattern[str], *, is_setting: bool) -> int:
    """Return where a value without quotes ends. `bare` matches the characters that it may hold.

    Ever longer pieces are read: values are short, but what follows one may be a word of megabytes.
    """
    length = _FIRST_READ
    while True:
        match = bare.match(text, begin, begin + length)
        end = match.end() if match else begin
        is_whole = end < begin + length
        cut = None if is_setting else _END_OF_PAIR.search(text, begin, min(end + 1, len(text)))
        # Near the end of a piece, a pair may only seem to end.
        if cut and (is_whole or cut.start() < end - _LONGEST_END):
            return cut.start()
        if is_whole:
            return end
        length *= 4
