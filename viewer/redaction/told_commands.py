"""Find passwords that no name precedes, but a command, a file format or a keyword: `curl -u user:…`, `.pgpass`, `IDENTIFIED BY`."""

import re
from collections.abc import Iterator

from viewer.redaction.names import is_placeholder
from viewer.redaction.spans import SecretSpan
from viewer.redaction.told_shapes import RULE, is_code

_ARGUMENT = r"""(?P<quote>["']?)(?P<value>(?<=")[^"\n\0]{3,400}|(?<=')[^'\n\0]{3,400}|[^\s"'`|;&<>\0]{3,400})"""
_SKIPPED = r"(?:[^\n|;&\0]{0,300}?[ \t])??"


def _after(command: str, option: str, value: str = _ARGUMENT) -> re.Pattern[str]:
    return re.compile(rf"\b{command}\b{_SKIPPED}[ \t]{{0,8}}{option}{value}")


_USER = r"""["']?[^\s:"'|;&<>\0]{1,80}:"""
# Each with words of which every match contains one.
_COMMANDS: tuple[tuple[tuple[str, ...], re.Pattern[str]], ...] = (
    (("curl",), _after("curl", rf"(?:-u|--user|-U|--proxy-user)[ \t=]?{_USER}", r"""(?P<value>[^\s"'`|;&<>\0]{3,400})""")),
    (("curl",), _after("curl", r"(?:-b|--cookie)[ \t=]", r"""["']?[\w.-]{1,60}=(?P<value>[^\s"'`|;&<>\0]{4,400})""")),
    (("http ", "https ", "wget "), _after("(?:https?|wget)", rf"(?:-a|--auth)[ \t=]{_USER}", r"""(?P<value>[^\s"'`|;&<>\0]{3,400})""")),
    (("mysql", "mariadb"), _after(r"(?:mysql\w*|mariadb[\w-]*)", r"-p(?=[^\s])")),
    (("sshpass",), _after("sshpass", r"-p[ \t]?")),
    (("docker login", "podman login", "helm registry login", "az login"), _after("login", r"(?:-p|--password)[ \t=]")),
    (("redis-cli",), _after("redis-cli", r"(?:-a|--pass)[ \t]")),
    (("ldapsearch", "ldapmodify", "ldapadd"), _after(r"ldap\w{3,12}", r"-w[ \t]?")),
    (("sqlcmd", "bcp "), _after(r"(?:sqlcmd|bcp)", r"-P[ \t]?")),
    (("mongo",), _after(r"mongo\w{0,12}", r"-p[ \t]")),
    (("zip ",), _after(r"(?:un)?zip", r"-P[ \t]?")),
    (("7z ",), _after("7z", r"-p(?=[^\s])")),
    (("smbclient",), _after("smbclient", r"-U[ \t]?[^\s%]{1,60}%")),
    (("openssl", "pass:"), re.compile(r"-pass(?:in|out)?[ \t]{1,4}[\"']?pass:(?P<value>[^\s\"']{3,400})")),
    (("htpasswd",), re.compile(r"\bhtpasswd[ \t]+-\w{0,6}b\w{0,6}[ \t]+\S{1,200}[ \t]+\S{1,80}[ \t]+[\"']?(?P<value>[^\s\"']{3,400})")),
    (("chpasswd",), re.compile(r"echo[ \t]+[\"']?[\w.-]{1,40}:(?P<value>[^\s\"':]{3,400})[\"']?[ \t]*\|[ \t]*(?:sudo[ \t]+)?chpasswd")),
    (("IDENTIFIED BY", "identified by"), re.compile(r"(?i:identified by|PASSWORD)[ \t]+(?P<quote>[\"'])(?P<value>[^\"'\n\0]{3,400})(?P=quote)")),
    (("machine ",), re.compile(r"\bmachine[ \t]+\S{1,200}\s+login\s+\S{1,200}\s+password\s+(?P<value>[^\s\0]{3,400})")),
    (("$apr1$", "$2y$", "$2a$", "$2b$", "$6$", "$5$", "$1$", "{SHA}"), re.compile(r"(?m:^)[\w.@-]{1,64}:(?P<value>(?:\$(?:apr1|2[aby]|[156])\$|\{SHA\})[\w./$+=-]{10,200})")),
    (("uth(", "uth=(", "uth = ("), re.compile(r"""(?i:auth)[ ]?(?:=[ ]?)?\(\s{0,20}["'][^"'\n\0]{1,80}["'],\s{0,20}["'](?P<value>[^"'\n\0]{3,400})["']""")),
    ((":",), re.compile(r"(?m:^)(?=[\w-]{0,60}[a-zA-Z.*])[\w.*-]{1,100}:(?:[0-9]{4,5}|\*):[\w*-]{1,60}:[\w*.-]{1,60}:(?P<value>[^\s:\0]{4,200})$", re.MULTILINE)),
)
_HASH = re.compile(r"\$(?:apr1|2[aby]|[156])\$|\{SHA\}")
_K8S_SECRET = re.compile(r"^kind:[ \t]*Secret[ \t]*$", re.MULTILINE)
_K8S_DATA = re.compile(r"^(?:data|stringData):[ \t]*\r?\n((?:[ \t]+[^\n\0]*(?:\n|\Z))+)", re.MULTILINE)
_K8S_ENTRY = re.compile(r"^[ \t]+[\w.-]+:[ \t]*[\"']?([^\s\"'|>\0][^\s\"'\0]{3,})", re.MULTILINE)


def find_command_values(text: str) -> Iterator[SecretSpan]:
    """Yield the passwords that commands and file formats give without a name."""
    for words, expression in _COMMANDS:
        if any(word in text for word in words):
            for match in expression.finditer(text):
                if _is_secret(match["value"]):
                    yield SecretSpan(*match.span("value"), RULE, match["value"])
    if "kind:" in text and _K8S_SECRET.search(text):
        for block in _K8S_DATA.finditer(text):
            for entry in _K8S_ENTRY.finditer(text, *block.span(1)):
                if _is_secret(entry[1]):
                    yield SecretSpan(*entry.span(1), RULE, entry[1])


def _is_secret(value: str) -> bool:
    if _HASH.match(value):
        return True
    return not is_placeholder(value) and not is_code(value) and "•" not in value and not value.startswith("-")
