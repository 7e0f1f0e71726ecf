"""Citations as lines to read: the source, its address, and what is cited of it."""

from collections.abc import Iterator, Mapping
from typing import Any

from viewer.text.json import mapping, parse

_TITLES = ("title", "document_title", "filename", "documentTitle")
_PLACES = ("url", "uri", "file_id", "source", "sourceId")
_CITED = ("cited_text", "snippet", "text", "content")
# A shape in which the source is wrapped: OpenAI's `url_citation`, Gemini's `web`, Bedrock's `retrievedReferences`.
_MAX_DEPTH = 4


def citations_in(written: str) -> list[str]:
    """Return each citation in a recorded value as lines, once. What is not understood stays as it was recorded."""
    try:
        value = parse(written.encode("utf-8", "surrogatepass"))
    except ValueError:
        return [written]
    return list(dict.fromkeys(_citations(value))) or [written]


def _citations(value: Any, depth: int = 0) -> Iterator[str]:
    """Yield each citation in a value, the outermost objects that name a source first."""
    if depth > _MAX_DEPTH:
        return
    if isinstance(value, list):
        for one in value:
            yield from [one] if isinstance(one, str) else _citations(one, depth + 1)
        return
    fields = mapping(value)
    lines = [text for names in (_TITLES, _PLACES, _CITED) if (text := _first(fields, names))]
    if _first(fields, _TITLES) or _first(fields, _PLACES):
        yield "\n".join(dict.fromkeys(lines))
        return
    for inner in fields.values():
        if isinstance(inner, dict | list):
            yield from _citations(inner, depth + 1)


def _first(fields: Mapping[str, Any], names: tuple[str, ...]) -> str:
    return next((fields[name] for name in names if isinstance(fields.get(name), str) and fields[name]), "")
