"""The events of `codex proto`, and of `codex exec --json` before October 2025: `{"id": …, "msg": {"type": …}}`.

A call ends with its usage, which follows the results of the tools that it called.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from viewer.cassettes import fields
from viewer.cassettes.sessions.codex.results import returned_by_event
from viewer.cassettes.sessions.codex.totals import codex_usage
from viewer.cassettes.sessions.lines import SessionFacts, SessionLine
from viewer.text.json import as_text, mapping, only_text
from viewer.types import codex
from viewer.types.http import Moment
from viewer.types.sessions import Totals
from viewer.types.usage import Usage

_OF_MODEL = codex.ANSWER_EVENTS | codex.PIECE_EVENTS | codex.BEGIN_EVENTS | {"error", "plan_update", "web_search_end"}


@dataclass(slots=True)
class CodexEvents:
    """Classifies the lines of one thread."""

    facts: SessionFacts
    unknown: Counter[str]
    _model: str = ""
    _calls: int = 0
    _total: Mapping[str, Any] | None = None
    _of_thread: Usage | None = None

    def reported(self) -> Totals | None:
        """Return the counts of the thread. The first versions have those of single calls alone."""
        return Totals(self._of_thread, with_subagents=False) if self._of_thread else None

    def line(self, data: bytes, value: Mapping[str, Any]) -> SessionLine:
        """Classify one line. The first two lines of `codex exec` are its settings and the prompt."""
        event = mapping(value.get("msg"))
        kind = as_text(event.get("type") or "")
        at = fields.moment(value.get("timestamp"), fields.MILLISECOND_S)
        if "prompt" in value and not event:
            return SessionLine(data, "prompt", at=at)
        if not event or kind == "session_configured":
            self._model = only_text(value.get("model") or event.get("model")) or self._model
            self.facts.id = self.facts.id or only_text(event.get("session_id"))
        elif kind == "token_count":
            return self._usage(data, event, at)
        elif kind == "user_message":
            return SessionLine(data, "prompt", at=at)
        elif kind in _OF_MODEL:
            call_id = only_text(event.get("call_id")) if kind in codex.BEGIN_EVENTS else ""
            calls = (call_id,) if call_id and kind != "web_search_begin" else ()
            return SessionLine(data, "answer", call=str(self._calls), at=at, model=self._model, tool_calls=calls)
        elif kind in codex.RESULT_EVENTS:
            return SessionLine(data, "given", at=at, returns=(returned_by_event(event),))
        elif kind in codex.TURN_ENDS or kind == "turn_aborted":
            self._calls += 1
            return SessionLine(data, "end", at=at)
        elif kind not in codex.KNOWN_EVENTS:
            self.unknown[kind] += 1
        return SessionLine(data, "about", at=at)

    def _usage(self, data: bytes, event: Mapping[str, Any], at: Moment | None) -> SessionLine:
        total = mapping(mapping(event.get("info")).get("total_token_usage"))
        usage = codex_usage(total or event)
        if usage is None or (total and total == self._total):
            return SessionLine(data, "about", at=at)
        self._total, self._of_thread = total, usage if total else None
        self._calls += 1
        # It was written once all tools had run.
        return SessionLine(data, "answer", call=str(self._calls - 1), model=self._model)
