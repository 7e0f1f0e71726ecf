"""Ollama generate, one JSON object per line: https://docs.ollama.com/api/generate."""

from typing import Any

from viewer.protocols import Sample
from viewer.protocols.dialects import ollama_chat
from viewer.protocols.reading import Reading
from viewer.types.formats import About
from viewer.wire import Events

PROTOCOL = "ollama-generate"
ABOUT = About(PROTOCOL, "Ollama generate", "https://docs.ollama.com/api/generate", "JSON lines")


def recognise(sample: Sample) -> int:
    """Look for lines with `response` and `done`, then for the path."""
    lines = sample.objects
    if any(isinstance(line.get("response"), str) and isinstance(line.get("done"), bool) for line in lines):
        return 90
    return 50 if sample.path.endswith("/api/generate") else 0


def read(events: Events, reading: Reading) -> None:
    """Read every line. The line itself holds what it adds."""
    ollama_chat.read_lines(events, reading, lambda line: line, "response")


usage = ollama_chat.usage


def as_events(payload: dict[str, Any]) -> list[tuple[str, Any]] | None:
    """Return a response as a single line, which has the same shape."""
    return [("message", payload)] if recognise(Sample("", (), (payload,))) else None
