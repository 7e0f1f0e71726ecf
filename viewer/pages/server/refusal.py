"""What is said about a request that the settings of the server do not allow, and the setting to change.

A host and an origin come from whoever asks, so they are hostile: they are shown as text, on one line and no longer than a host name
can be. They enter a line to copy only if they are plain names, because such a line ends up in a terminal.
"""

import re
from dataclasses import dataclass
from textwrap import fill
from typing import NamedTuple
from urllib.parse import urlsplit

from viewer.pages.server.plain_page import plain_page
from viewer.text.html import escape
from viewer.text.safe import shortened, visible_line

# The longest name that DNS allows is 253 characters (RFC 1035, section 2.3.4).
_MAX_SHOWN = 253
# Streamlit's message is not wider than this many characters, and does not wrap lines.
_TEXT_WIDTH = 50
_DNS_NAME = r"[a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)*"
_NAME = re.compile(rf"{_DNS_NAME}|[0-9a-f]*:[0-9a-f:.]+")
_ORIGIN = re.compile(rf"https?://(?:{_DNS_NAME}|\[[0-9a-f:.]+\])(?::\d{{1,5}})?")
_EXAMPLE = "viewer.example.com"

STATUS = 421
"""Misdirected Request: the server does not answer for this host (RFC 9110, section 15.5.20). For 403, Streamlit's page shows advice
of its own instead of what the server says."""


class Change(NamedTuple):
    """One way to change a setting."""

    place: str
    line: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is refused, and what whoever runs the server can do."""

    title: str
    reason: str
    setting: str
    value: str
    """What to add to the setting."""
    note: str

    @property
    def changes(self) -> tuple[Change, ...]:
        """Return the three ways to change the setting, as Streamlit spells them."""
        group, _, name = self.setting.partition(".")
        variable = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", f"{group}_{name}").upper()
        return (
            Change("On the command line", f"streamlit run app.py --{self.setting} {self.value}"),
            Change("In the environment", f'STREAMLIT_{variable}="{self.value}"'),
            Change(f"In .streamlit/config.toml, under [{group}]", f'{name} = ["{self.value}"]'),
        )

    @property
    def advice(self) -> str:
        """Say what to change, in front of the changes."""
        return f"If you run this server and trust this address, add it to the setting {self.setting} in one of these ways, then restart the server."

    def as_line(self) -> str:
        """Return the line for the log."""
        ways = (f"{change.line} {change.place[0].lower()}{change.place[1:]}" for change in self.changes)
        return f"{self.title}. {self.reason} To allow it: {'; or '.join(ways)}."

    def as_text(self) -> str:
        """Return the text for a terminal, and for the message that Streamlit's page shows."""
        changes = "".join(f"  {change.place}:\n    {change.line}\n" for change in self.changes)
        reason, advice, note = (fill(text, _TEXT_WIDTH) for text in (self.reason, self.advice, self.note))
        return f"{self.title}\n\n{reason}\n\n{advice}\n\n{changes}\n{note}\n"

    def as_page(self) -> str:
        """Return the page for a browser."""
        advice = escape(self.advice).replace(self.setting, f"<code>{self.setting}</code>")
        changes = "".join(
            f"<dt>{escape(change.place)}</dt><dd><code>{escape(change.line)}</code></dd>" for change in self.changes
        )
        return plain_page(
            self.title,
            f'<p>{escape(self.reason)}</p><p>{advice}</p><dl>{changes}</dl><p class="note">{escape(self.note)}</p>',
        )


def host_refusal(host: str | None) -> Refusal:
    """Refuse a `Host` header that the setting does not list."""
    name = host_name(host)
    return Refusal(
        title=f"Host not allowed: {shown(name or host)}",
        reason="This server answers only under the host names that its settings list, and this one is not among them.",
        setting="server.allowedHosts",
        value=name if name and len(name) <= _MAX_SHOWN and _NAME.fullmatch(name) else _EXAMPLE,
        note="The list replaces the one that is set now, so repeat the hosts that should stay, such as localhost. It keeps"
        " other sites from reaching this server by pointing their own name at it (DNS rebinding): add only names that are yours.",
    )


def origin_refusal(origin: str, host: str | None) -> Refusal:
    """Refuse a page that was opened at another address than the one that its request names."""
    is_plain = len(origin) <= _MAX_SHOWN and _ORIGIN.fullmatch(origin.lower())
    return Refusal(
        title=f"Address not allowed: {shown(origin)}",
        reason=f"The page was opened at this address, but its request names the host {shown(host)}. Either another site asks,"
        " or a proxy in between replaces the Host header. A proxy should pass the header on, as nginx does with"
        " proxy_set_header Host $http_host;",
        setting="server.corsAllowedOrigins",
        value=origin.lower() if is_plain else f"https://{_EXAMPLE}",
        note="Pages of an address in this list can read and do everything here that their visitors can.",
    )


def shown(text: str | None) -> str:
    """Return a header's value for display: on one line, with unsafe characters made visible, and not too long."""
    if not text:
        return "(none)"
    return shortened(visible_line(text[: _MAX_SHOWN + 1]), _MAX_SHOWN)


def host_name(host: str | None) -> str | None:
    """Return the name in a `Host` header, in lower case and without its port. Return None if the header is not a host."""
    try:
        parts = urlsplit(f"//{host or ''}")
        _ = parts.port  # Raises if it is not a number.
    except ValueError:
        return None
    is_host = not (parts.path or parts.query or parts.fragment or "@" in parts.netloc)
    return parts.hostname.rstrip(".") if is_host and parts.hostname else None
