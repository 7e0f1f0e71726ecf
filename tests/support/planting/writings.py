"""Ways in which people, programs and protocols write a secret in a text."""

import base64
import html
import json
import textwrap
from collections.abc import Callable
from urllib.parse import quote

from tests.support.planting.kinds import Kind

Writing = Callable[[Kind, str], str]


def header_name(name: str) -> str:
    """Return the name of a header that holds what a variable of this name holds."""
    return "X-" + "-".join(word.capitalize() for word in name.split("_"))


def environment_name(kind: Kind) -> str:
    """Return the name of the environment variable."""
    return kind.told_by.upper()


def one_line(text: str) -> str:
    """Return a text of several lines as it stands in a quoted string."""
    return text.replace("\n", "\\n")


def _shell_quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _env_value(text: str) -> str:
    return f'"{one_line(text)}"' if set(text) & set(" #\n'") else text


def _header_line(kind: Kind, text: str) -> str:
    name = "Authorization" if kind.is_header else header_name(kind.told_by)
    return f"{name}: {text}"


def _yaml_value(text: str) -> str:
    if "\n" in text:
        return "|\n" + textwrap.indent(text, "    ")
    return _quoted(text) if set(text) & set(" #:{}@&") else text


def _curl_verbose(kind: Kind, text: str) -> str:
    lines = [
        "* Connected to api.acme.example (10.0.0.7) port 443",
        "> POST /v1/chat HTTP/2",
        "> Host: api.acme.example",
        f"> {_header_line(kind, text)}",
        "> Accept: */*",
        ">",
        "< HTTP/2 200",
        "< content-type: application/json",
    ]
    return "\r\n".join(lines)


def _folded(text: str, width: int) -> str:
    packed = base64.b64encode(
        f"# settings of the service, not for others\ncredential {text}\n# end of the settings\n".encode()
    ).decode()
    return "\n".join(textwrap.wrap(packed, width))


TELLING: dict[str, Writing] = {
    "env-line": lambda kind, text: f"PORT=8080\n{environment_name(kind)}={_env_value(text)}\nDEBUG=1",
    "env-line-prefixed": lambda kind, text: f"APP_{environment_name(kind)}={_env_value(text)}",
    "yaml-line": lambda kind, text: f"service:\n  port: 8080\n  {kind.told_by}: {_yaml_value(text)}\n  debug: true",
    "toml-line": lambda kind, text: f"[service]\nport = 8080\n{kind.told_by} = {_quoted(text)}\n",
    "ini-line": lambda kind, text: f"[service]\n{kind.told_by}={one_line(text)}\nport=8080\n",
    "python-assignment": lambda kind, text: (
        f"import acme\n{environment_name(kind)} = {_quoted(text)}\nclient = acme.Client()"
    ),
    "python-argument": lambda kind, text: f"client = acme.Client(region='eu', {kind.told_by}={_quoted(text)})",
    "python-dict": lambda kind, text: repr({"region": "eu", kind.told_by: text, "debug": True}),
    "javascript": lambda kind, text: f"const options = {{ region: 'eu', {_camel(kind.told_by)}: {_quoted(text)} }};",
    "javascript-const": lambda kind, text: f"const {_camel(kind.told_by)} = `{text}`;",
    "go-field": lambda kind, text: (
        f'cfg := &Config{{\n\tRegion: "eu",\n\t{_camel("x_" + kind.told_by)[1:]}: {_quoted(text)},\n}}'
    ),
    "shell-export": lambda kind, text: f"export {environment_name(kind)}={_shell_quoted(one_line(text))}; npm start",
    "shell-flag": lambda kind, text: (
        f"acme login --region eu --{kind.told_by.replace('_', '-').lower()} {_shell_quoted(one_line(text))}"
    ),
    "curl-header": lambda kind, text: f"curl -s https://api.acme.example/v1 -H '{_header_line(kind, text)}' -d '{{}}'",
    "curl-verbose": lambda kind, text: f"$ curl -v https://api.acme.example\r\n{_curl_verbose(kind, text)}",
    "httpie": lambda kind, text: f"http POST api.acme.example '{_header_line(kind, text).replace(': ', ':')}' model=m",
    "http-message": lambda kind, text: (
        f"POST /v1 HTTP/1.1\nHost: api.acme.example\n{_header_line(kind, text)}\nAccept: */*\n\n"
    ),
    "xml-element": lambda kind, text: (
        f"<config><port>8080</port><{kind.told_by}>{html.escape(text)}</{kind.told_by}></config>"
    ),
    "xml-attribute": lambda kind, text: f'<service port="8080" {kind.told_by}="{html.escape(text)}"/>',
    "markdown-code": lambda kind, text: (
        f"Put this into `.env`:\n\n```sh\n{environment_name(kind)}={_env_value(text)}\n```\n"
    ),
    "markdown-table": lambda kind, text: f"| name | value |\n|---|---|\n| {kind.told_by} | {one_line(text)} |\n",
    "json-in-text": lambda kind, text: f"Use this: {json.dumps({'region': 'eu', kind.told_by: text})} and go on.",
    "json-cut-off": lambda kind, text: json.dumps({"service": {"region": "eu", kind.told_by: text, "last": "x" * 9}})[
        :-12
    ],
    "json-cut-in-value": lambda kind, text: json.dumps({"region": "eu", kind.told_by: text})[:-2],
    "json-single-quotes": lambda kind, text: f"{{'region': 'eu', '{kind.told_by}': '{one_line(text)}'}}",
    "log-line": lambda kind, text: (
        f'2025-01-01T00:00:00Z level=info msg="started" {kind.told_by}={_env_value(text)} port=8080'
    ),
    "json-log-line": lambda kind, text: json.dumps({"level": "info", "msg": "started", kind.told_by: text}),
    "url-query": lambda kind, text: (
        f"See https://api.acme.example/v1?{kind.told_by}={quote(text, safe='')}&page=2 for more."
    ),
    "form-body": lambda kind, text: f"grant_type=client_credentials&{kind.told_by}={quote(text, safe='')}&scope=all",
    "dockerfile": lambda kind, text: (
        f"FROM python:3.12\nENV {environment_name(kind)}={_env_value(text)}\nRUN pip install acme"
    ),
    "terraform": lambda kind, text: f'provider "acme" {{\n  region = "eu"\n  {kind.told_by} = {_quoted(text)}\n}}',
    "properties-dotted": lambda kind, text: (
        f"service.port=8080\nservice.{kind.told_by.replace('_', '.')}={one_line(text)}\n"
    ),
    "ansi-coloured": lambda kind, text: f"\x1b[32m{environment_name(kind)}\x1b[0m=\x1b[33m{one_line(text)}\x1b[0m",
    "escaped-json": lambda kind, text: json.dumps(json.dumps({"region": "eu", kind.told_by: text}))[1:-1],
    "yaml-comment": lambda kind, text: f"port: 8080  # {kind.told_by}: {_quoted(text)}\n",
    "diff-line": lambda kind, text: (
        f"--- a/.env\n+++ b/.env\n@@ -1 +1 @@\n-{environment_name(kind)}=\n+{environment_name(kind)}={_env_value(text)}\n"
    ),
}
"""Writings in which a name tells that the value is a secret."""

TELLING_ONE_LINE = frozenset({"curl-header", "curl-verbose", "httpie", "http-message", "markdown-table"})
"""Writings with no room for a secret of several lines."""


def _camel(name: str) -> str:
    first, *others = name.lower().split("_")
    return first + "".join(word.capitalize() for word in others)


PLAIN: dict[str, Writing] = {
    "sentence": lambda _, text: f"My credential is {text}, please keep it.",
    "in-quotes": lambda _, text: f"It says “{text}”.",
    "in-brackets": lambda _, text: f"(see [{text}] in the vault)",
    "line-of-its-own": lambda _, text: f"here:\n{text}\nthanks",
    "html-text": lambda _, text: f"<p>Take <code>{html.escape(text)}</code></p>",
    "html-attribute": lambda _, text: f'<input type="hidden" value="{html.escape(text)}">',
    "url-odd-parameter": lambda _, text: f"https://acme.example/cb?n=1&x7={quote(text, safe='')}#top",
    "percent": lambda _, text: f"it is {quote(text, safe='')} ok",
    "percent-everything": lambda _, text: "it is " + "".join(f"%{byte:02X}" for byte in text.encode()) + " ok",
    "percent-twice": lambda _, text: f"it is {quote(quote(text, safe=''), safe='')}",
    "unicode-escapes": lambda _, text: "it is " + "".join(f"\\u{ord(one):04x}" for one in text),
    "hex-escapes": lambda _, text: "it is " + "".join(f"\\x{byte:02x}" for byte in text.encode()),
    "hex": lambda _, text: f"dump {text.encode().hex()} end",
    "html-entities": lambda _, text: "it is " + "".join(f"&#{ord(one)};" for one in text),
    "html-entities-hex": lambda _, text: "it is " + "".join(f"&#x{ord(one):x};" for one in text),
    "base64-0": lambda _, text: f"blob {base64.b64encode(f'key {text} end'.encode()).decode()} end",
    "base64-1": lambda _, text: f"blob {base64.b64encode(f'keys {text} end'.encode()).decode()} end",
    "base64-2": lambda _, text: f"blob {base64.b64encode(f'a key {text} end'.encode()).decode()} end",
    "base64-bare": lambda _, text: f"blob:{base64.b64encode(text.encode()).decode()}",
    "base64-url-safe": lambda _, text: (
        f"blob {base64.urlsafe_b64encode(f'??>>{text}~~?'.encode()).decode().rstrip('=')} end"
    ),
    "base64-folded-64": lambda _, text: f"blob\n{_folded(text, 64)}\nend",
    "base64-folded-76": lambda _, text: f"blob\n{_folded(text, 76)}\nend",
    "base64-data-url": lambda _, text: f"data:text/plain;base64,{base64.b64encode(f'token {text}'.encode()).decode()}",
    "json-in-json-2": lambda _, text: json.dumps(json.dumps({"a": text})),
    "json-in-json-3": lambda _, text: json.dumps(json.dumps(json.dumps({"a": text}))),
    "path-of-a-file": lambda _, text: f"open /srv/keys/{quote(text, safe='')}.txt first",
}
"""Writings in which only the form of the secret tells."""
