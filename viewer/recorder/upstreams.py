"""Where requests are forwarded to: one upstream, or several, each below its name."""

import re
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from viewer.redaction.cassette import Redaction, rules_for
from viewer.redaction.interactions import redact_url

# None of these is escaped in a URL.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")

Upstreams = Mapping[str, str]
"""The address of each upstream by its name. An only upstream may have no name: then "" is its name, and it gets all requests."""


def parse_upstreams(arguments: Sequence[str]) -> dict[str, str]:
    """Return the upstreams that arguments tell, NAME=URL or URL. Raise `ValueError` with a message if that makes no sense."""
    upstreams: dict[str, str] = {}
    for argument in arguments:
        before, is_named, after = argument.partition("=")
        name, url = (before, after) if is_named and "/" not in before else ("", argument)
        if is_named and "/" not in before and not _NAME.fullmatch(name):
            raise ValueError(
                f"the name of an upstream has letters, digits, dots, dashes and underscores, not {name!r}."
            )
        if not is_address(url):
            raise ValueError(f"the upstream must be an http or https address, not {url!r}.")
        if name in upstreams:
            raise ValueError(f"two upstreams are called {name!r}." if name else _name_them(arguments))
        upstreams[name] = url
    if "" in upstreams and len(upstreams) > 1:
        raise ValueError(_name_them(arguments))
    return upstreams


def is_address(url: str) -> bool:
    """Tell whether a text is an http or https address."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        # A bracket without its other half, or a port that is none.
        return False


def _name_them(arguments: Sequence[str]) -> str:
    return f"of {len(arguments)} upstreams, each needs a name: --upstream NAME=URL."


def find_upstream(upstreams: Upstreams, path: str) -> tuple[str, str] | None:
    """Return the name of the upstream that a path names, and the address that it stands for. Return None if there is no such upstream."""
    if "" in upstreams:
        return "", f"{upstreams[''].rstrip('/')}{path}"
    name, separator, rest = path.lstrip("/").partition("/")
    return (name, f"{upstreams[name].rstrip('/')}{separator}{rest}") if name in upstreams else None


def base_url(address: str, name: str) -> str:
    """Return what stands for an upstream at a recorder that listens at an address."""
    return f"{address}/{name}" if name else address


def shown_url(url: str) -> str:
    """Return a URL without its secrets."""
    return redact_url(url, rules_for(Redaction()), "")
