"""Hoverfly simulations: https://docs.hoverfly.io/en/latest/pages/reference/simulationschema.html, JSON.

A pair describes which requests match. Hoverfly captures requests as exact matchers, and JSON bodies as `json`; the request here has
only those. Version 1 has texts in their place, versions 2 to 4 an object per field, version 5 a list.
https://github.com/SpectoLabs/hoverfly/blob/master/core/handlers/v2/simulation_views_v5.go
"""

import re
from typing import Any
from urllib.parse import urlencode

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.text.json import as_text, items, mapping
from viewer.types.formats import About
from viewer.types.http import Headers, Interaction, Request, Response
from viewer.types.problems import CassetteError, Problem

ABOUT = (
    About(
        "hoverfly",
        "Hoverfly",
        "https://docs.hoverfly.io/en/latest/pages/reference/simulationschema.html",
        "simulations of schema v1 to v5, with body files next to them",
    ),
)

_VERSION = re.compile(r"v[0-9](?:\.[0-9]+)?")
_EXACT = ("exact", "exactMatch")
_BODY = (*_EXACT, "json", "jsonMatch", "xml", "xmlMatch")


def recognise(document: Document) -> int:
    """Look for the version of the schema, and for pairs."""
    if b'"schemaVersion"' not in document.data or b'"pairs"' not in document.data:
        return 0
    tree = mapping(document.tree)
    version = as_text(mapping(tree.get("meta")).get("schemaVersion"))
    has_pairs = isinstance(mapping(tree.get("data")).get("pairs"), list)
    return 95 if has_pairs and _VERSION.fullmatch(version) else 0


def read(document: Document) -> Recording:
    """Return an interaction for each pair. Raise `CassetteError` if there is none."""
    tree = mapping(document.tree)
    pairs = fields.mappings(mapping(tree.get("data")).get("pairs"))
    if not pairs:
        raise CassetteError(document.name, "the simulation has no pairs.", fields.CHECK_RECORDER)
    problems: list[Problem] = []
    interactions = [_interaction(pair, index, document, problems) for index, pair in enumerate(pairs)]
    version = fields.version(mapping(tree.get("meta")).get("schemaVersion"))
    return Recording("hoverfly", interactions, version, tuple(problems), from_tree=True)


def _interaction(pair: dict[str, Any], index: int, document: Document, problems: list[Problem]) -> Interaction:
    request, response = mapping(pair.get("request")), mapping(pair.get("response"))
    if not response:
        problems.append(fields.no_response(index))
    return Interaction(
        Request(
            method=as_text(_expected(request.get("method")) or ""),
            url=_url(request),
            headers=Headers(_expected_pairs(request.get("headers"))),
            body=fields.body(_expected(request.get("body"), _BODY)),
        ),
        Response(
            status=fields.status(response.get("status")),
            headers=fields.headers(response.get("headers")),
            body=_body(response, index, document, problems),
        ),
    )


def _expected(field: Any, matchers: tuple[str, ...] = _EXACT) -> Any:
    """Return the value that a field must have. Return None if it need not have a certain one."""
    if isinstance(field, str):
        return field
    if isinstance(field, dict):
        return next((field[name] for name in matchers if isinstance(field.get(name), str) and field[name]), None)
    listed = [one for one in fields.mappings(field) if one.get("matcher", _EXACT[0]) in matchers]
    return next((one["value"] for one in listed if one.get("value")), None)


def _expected_pairs(named: Any) -> list[tuple[str, str]]:
    """Return the names and values that must match, of headers or query parameters."""
    pairs = []
    for name, field in mapping(named).items():
        # Up to version 4, headers are lists of texts.
        values = [one for one in items(field) if isinstance(one, str)] or [_expected(field)]
        pairs += [(as_text(name), as_text(value)) for value in values if value]
    return pairs


def _url(request: dict[str, Any]) -> str:
    scheme, host, path = (as_text(_expected(request.get(part)) or "") for part in ("scheme", "destination", "path"))
    query = _query(request)
    base = f"{scheme}:" if scheme and host else ""
    return f"{base}{'//' if host else ''}{host}{path}{'?' if query else ''}{query}"


def _query(request: dict[str, Any]) -> str:
    """Return the query. It is one field up to version 4, and then an object with a list for each parameter."""
    query = request.get("query")
    parameters = {name: field for name, field in mapping(query).items() if isinstance(field, list)}
    if parameters:
        return urlencode(_expected_pairs(parameters), errors="replace")
    whole = _expected(query) or _expected(request.get("deprecatedQuery"))
    return as_text(whole or urlencode(_expected_pairs(request.get("queriesWithMatchers")), errors="replace"))


def _body(response: dict[str, Any], index: int, document: Document, problems: list[Problem]) -> bytes:
    if response.get("encodedBody") is True:
        return fields.base64_body(response.get("body") or "")
    if response.get("body") or not response.get("bodyFile"):
        return fields.body(response.get("body"))
    name = as_text(response["bodyFile"])
    content = document.beside(name)
    if content is None:
        problems.append(fields.missing_body_file(name, index))
    return content or b""
