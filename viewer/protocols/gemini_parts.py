"""The parts of a content of Gemini, as generateContent and Live send them: https://ai.google.dev/api/caching#Part.

Function calls are not read here, since the two send them in different places.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from typing import Any, NamedTuple

from viewer.protocols.images import describe_data
from viewer.protocols.reading import Reading
from viewer.protocols.tool_results import result_text
from viewer.protocols.unknown_text import UnknownText, texts_in
from viewer.text.json import as_text, mapping, only_text
from viewer.types.chunk_table import AUDIO, CONTENT, OTHER, REASONING

# `toolCall` and `toolResponse` are those of tools that Google runs.
_OTHER_FIELDS = ("functionResponse", "toolCall", "toolResponse")
_TEXT_FIELDS = frozenset({"text", "thought", "thoughtSignature"})
_FIELDS = frozenset(
    {
        *_TEXT_FIELDS,
        *("functionCall", "executableCode", "codeExecutionResult", "inlineData"),
        *("fileData", "videoMetadata", "mediaResolution", "partMetadata", *_OTHER_FIELDS),
    }
)


class Place(NamedTuple):
    """Where rows belong."""

    event: int
    choice: int = 0
    stamp: float | None = None


class Parts:
    """Adds the rows of parts."""

    def __init__(self, reading: Reading, unknown: UnknownText) -> None:
        self._reading = reading
        self._unknown = unknown

    def add(self, place: Place, part: Mapping[str, Any]) -> None:
        """Add what a part holds. A signature, or an empty text, adds nothing."""
        if text := only_text(part.get("text")):
            event, choice, stamp = place
            kind = REASONING if part.get("thought") is True else CONTENT
            self._reading.add(event, kind, text, choice=choice, stamp=stamp)
        if not part.keys() <= _TEXT_FIELDS:
            self._add_rest(place, part)

    def _add_rest(self, place: Place, part: Mapping[str, Any]) -> None:
        if code := mapping(part.get("executableCode")).get("code"):
            self._reading.written_rows.append(len(self._reading.kind))
            self._reading.note_tool_input(place.event, as_text(code), name="code_execution", choice=place.choice)
            self._add(place, OTHER, as_text(code))
        if output := mapping(part.get("codeExecutionResult")).get("output"):
            outcome = as_text(mapping(part.get("codeExecutionResult")).get("outcome") or "")
            is_error = outcome not in ("", "OUTCOME_OK", "OUTCOME_UNSPECIFIED")
            self._reading.note_tool_result(
                place.event, as_text(output), name="code_execution", choice=place.choice, is_error=is_error
            )
            self._add(place, OTHER, as_text(output))
        for name in ("inlineData", "fileData"):
            if isinstance(part.get(name), dict):
                self._add_media(place, part[name])
        for name in _OTHER_FIELDS:
            self._note_step(place, name, mapping(part.get(name)))
            self.add_other(place, part.get(name))
        self.add_unknown(place, "part field", part, _FIELDS)

    def add_other(self, place: Place, value: Any) -> None:
        """Add the texts of a value that is not part of the answer."""
        if value:
            self._add(place, OTHER, "\n".join(texts_in(value)))

    def add_unknown(self, place: Place, what: str, fields: Mapping[str, Any], known: AbstractSet[str]) -> None:
        """Add the text of fields that are not known."""
        for name in fields.keys() - known:
            self._unknown.add(place.event, what, name, fields[name], choice=place.choice, stamp=place.stamp)

    def _note_step(self, place: Place, field: str, step: Mapping[str, Any]) -> None:
        """Note the call of a tool that Google runs, or what a tool returned."""
        if not step:
            return
        name = step.get("name") or as_text(step.get("toolType") or "").lower()
        if field == "toolCall":
            given = result_text(step.get("args"))
            self._reading.note_tool_input(place.event, given, step.get("id"), name, choice=place.choice)
        else:
            returned = result_text(step.get("response"))
            self._reading.note_tool_result(place.event, returned, step.get("id"), name, choice=place.choice)

    def _add_media(self, place: Place, media: Mapping[str, Any]) -> None:
        """Add a description of an image or a file. Audio has a kind of its own."""
        media_type = as_text(media.get("mimeType") or "")
        if media_type.startswith("audio/"):
            self._add(place, AUDIO, "")
        else:
            self._add(place, OTHER, describe_data(media_type, media.get("data") or media.get("fileUri")))

    def _add(self, place: Place, kind: int, text: str) -> None:
        self._reading.add(place.event, kind, text, choice=place.choice, stamp=place.stamp)
