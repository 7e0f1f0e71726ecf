"""Find passwords that no name precedes, but a command, a file format or a keyword: `curl -u user:…`, `.pgpass`, `IDENTIFIED BY`."""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from viewer.redaction.names import is_placeholder
from viewer.redaction.spans import SecretSpan
from viewer.redaction.told.shapes import RULE, is_code

_ARGUMENT = r"""["']?(?P<value>(?<=")[^"\n\0]{3,400}|(?<=')[^'\n\0]{3,400}|[^\s"'`|;&<>\0]{3,400})"""
_WORD = r"""(?P<value>[^\s"'`|;&<>\0]{3,400})"""
_USER = r"""["']?[^\s:"'|;&<>\0]{1,80}:"""


class _Command(NamedTuple):
    """A command, and the option whose argument is a password. Their expressions are compiled when a text has the word."""

    word: str
    """Part of every such command."""
    command: str
    """Its group is the rest of the command, over lines that end in a backslash."""
    option: str


def _command(word: str, option: str, value: str = _ARGUMENT) -> _Command:
    """Return a command. `option` is written without its first hyphen."""
    rest = r"[\w-]*+(?=[ \t])([^\n\0\\]{0,2000}+(?:\\\r?\n?[^\n\0\\]{0,2000}+){0,20}+)"
    # Literals come first, because expressions that begin with one are searched much faster.
    return _Command(word, rf"{word}(?<!\w{word}){rest}", rf"-(?<=[ \t\n]-)(?:{option}){value}")


_COMMANDS = (
    _command("curl", rf"(?:u|-user|U|-proxy-user)[ \t=]?{_USER}", _WORD),
    _command("curl", r"(?:b|-cookie)[ \t=][\"']?[\w.-]{1,60}=", _WORD),
    *(_command(word, rf"(?:a|-auth)[ \t=]{_USER}", _WORD) for word in ("http", "https", "xh")),
    *(_command(word, r"p(?=[^\s])") for word in ("mysql", "mariadb", "7z", "unrar")),
    *(
        _command(word, r"(?:p|-password)[ \t=]")
        for word in ("sshpass", "docker", "podman", "helm", "mongo", "az login")
    ),
    _command("sshpass", r"p(?=[^\s])"),
    _command("redis-cli", r"(?:a|-pass)[ \t]"),
    _command("ldap", r"w[ \t]?"),
    *(_command(word, r"P[ \t]?") for word in ("sqlcmd", "bcp", "zip", "unzip")),
    _command("smbclient", r"U[ \t]?[^\s%]{1,60}%", _WORD),
    _command("openssl", r"pass(?:in|out)?[ \t]{1,4}[\"']?pass:", _WORD),
    _command("openssl enc", r"[kK][ \t]"),
    _command("gh secret set", r"(?:b|-body)[ \t=]"),
    _command("htpasswd", r"\w{0,6}b\w{0,6}[ \t]{1,4}\S{1,200}[ \t]{1,4}\S{1,80}[ \t]{1,4}[\"']?", _WORD),
)
# Each with a text that every match contains.
_PHRASES = (
    (
        "chpasswd",
        re.compile(
            rf"echo[ \t]{{1,4}}[\"']?[\w.-]{{1,40}}:{_WORD}[\"']?[ \t]{{0,4}}\|[ \t]{{0,4}}(?:sudo[ \t]{{1,4}})?chpasswd"
        ),
    ),
    *(
        (
            word,
            re.compile(
                rf"(?:echo|printf)[ \t]{{1,4}}(?:-n[ \t]{{1,4}})?{_ARGUMENT}[\"']?[ \t]{{0,4}}\|[^\n|\0]{{0,200}}{re.escape(word)}"
            ),
        )
        for word in ("password-stdin", "sudo -S", "with-token")
    ),
    ("with-token", re.compile(rf"with-token[ \t]{{1,4}}<<<[ \t]{{0,4}}{_ARGUMENT}")),
    ("net user", re.compile(rf"net user[ \t]{{1,4}}[\w.-]{{1,60}}[ \t]{{1,4}}(?!/){_WORD}")),
    ("PASSWORD('", re.compile(r"PASSWORD\('(?P<value>[^'\n\0]{3,400})'\)")),
    *(
        (
            f"Bearer {quote}",
            re.compile(rf"Bearer {quote}\s{{0,4}}[+.,&]\s{{0,4}}[\"'`](?P<value>[^\"'`\n\0\s]{{8,400}})[\"'`]"),
        )
        for quote in "\"'"
    ),
    ("IDENTIFIED BY", re.compile(r"IDENTIFIED BY[ \t]{1,4}[\"'](?P<value>[^\"'\n\0]{3,400})")),
    ("identified by", re.compile(r"identified by[ \t]{1,4}[\"'](?P<value>[^\"'\n\0]{3,400})")),
    (
        "machine ",
        re.compile(
            rf"machine (?<!\wmachine )\S{{1,200}}\s{{1,8}}login\s{{1,8}}\S{{1,200}}\s{{1,8}}password\s{{1,8}}{_WORD}"
        ),
    ),
    *(
        (
            word,
            re.compile(
                rf"{re.escape(word)}[\"'][^\"'\n\0]{{1,80}}[\"'],\s{{0,20}}[\"'](?P<value>[^\"'\n\0]{{3,400}})[\"']"
            ),
        )
        for word in ("auth=(", "auth = (", "Auth(", "auth(", "login(", "Credentials(", "Credential(", "authenticate(")
    ),
)
# The passwords of users in files, after the user and a colon, and the lines of `.pgpass`: host, port, database, user, password.
_HASH = re.compile(r":((?:\$(?:apr1|2[aby]|[156])\$|\{SHA\})[\w./$+=-]{10,200})")
_HASH_MARKS = ("$apr1$", "$2y$", "$2a$", "$2b$", "$6$", "$5$", "$1$", "{SHA}")
_PGPASS = re.compile(r":(?:[0-9]{4,5}|\*):(?![0-9]+:)[\w*-]{1,60}:[\w*.-]{1,60}:([^\s:\0]{4,200})(?=\s|\Z)")
_PGPASS_HOST = re.compile(r"(?:^|[\n\s'\"])[\w.*-]{0,100}[A-Za-z.*][\w.*-]{0,100}\Z")
# Every text with any of these has one of its parts.
_ANY = re.compile(
    r" -|Bearer [\"']|net user|PASSWORD\('|(?:login|entials?|ticate)\(|[Ii][Dd][Ee][Nn][Tt][Ii][Ff][Ii][Ee][Dd] |chpasswd|machine |[Aa]uth ?=? ?\(|\$(?:apr1|2[aby]|[156])\$|\{SHA|kind:|:(?:[0-9]{4}|\*)"
)
_K8S_SECRET = re.compile(r"^kind:[ \t]*Secret[ \t]*$", re.MULTILINE)
_K8S_DATA = re.compile(r"^(?:data|stringData):[ \t]*\r?\n((?:[ \t]+[^\n\0]*(?:\n|\Z))+)", re.MULTILINE)
_K8S_ENTRY = re.compile(r"^[ \t]+[\w.-]+:[ \t]*[\"']?([^\s\"'|>\0][^\s\"'\0]{3,})", re.MULTILINE)


def find_command_values(text: str) -> Iterator[SecretSpan]:
    """Yield the passwords that commands and file formats give without a name."""
    if not _ANY.search(text):
        return
    for word, command, option in _COMMANDS if " -" in text else ():
        if word in text:
            for line in _compiled(command).finditer(text):
                yield from _values(_compiled(option), text, *line.span(1))
    for phrase, expression in _PHRASES:
        if phrase in text:
            yield from _values(expression, text, 0, len(text))
    yield from _find_in_lines(text)


@cache
def _compiled(expression: str) -> re.Pattern[str]:
    return re.compile(expression)


def _find_in_lines(text: str) -> Iterator[SecretSpan]:
    """Yield the passwords in lines of `.pgpass`, `.htpasswd` and secrets of Kubernetes."""
    if any(mark in text for mark in _HASH_MARKS):
        for match in _HASH.finditer(text):
            yield SecretSpan(*match.span(1), RULE, match[1])
    for match in _PGPASS.finditer(text) if ":" in text else ():
        if _PGPASS_HOST.search(text[max(0, match.start() - 100) : match.start()]) and _is_secret(match[1]):
            yield SecretSpan(*match.span(1), RULE, match[1])
    if "kind:" in text and _K8S_SECRET.search(text):
        for block in _K8S_DATA.finditer(text):
            for entry in _K8S_ENTRY.finditer(text, *block.span(1)):
                if _is_secret(entry[1]):
                    yield SecretSpan(*entry.span(1), RULE, entry[1])


def _values(expression: re.Pattern[str], text: str, begin: int, end: int) -> Iterator[SecretSpan]:
    for match in expression.finditer(text, begin, end):
        if _is_secret(match["value"]):
            yield SecretSpan(*match.span("value"), RULE, match["value"])


def _is_secret(value: str) -> bool:
    return not is_placeholder(value) and not is_code(value) and "•" not in value and not value.startswith("-")
