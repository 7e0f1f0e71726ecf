"""Cline and Roo Code: the files of a task, `api_conversation_history.json` and `ui_messages.json`.

https://github.com/cline/cline: src/shared/ExtensionMessage.ts and src/shared/messages/content.ts
https://github.com/RooCodeInc/Roo-Code: packages/types/src/message.ts and src/core/task-persistence/apiMessages.ts

The first has the messages that the model was sent and wrote. The second has what the user saw, and with each request its tokens
and cost. Each is read by itself.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.cassettes.sessions.assembly import assemble
from viewer.cassettes.sessions.documents import REWRITTEN, line_of
from viewer.cassettes.sessions.file_lines import FileLine, note_unknown
from viewer.cassettes.sessions.lines import LineRole, SessionFacts, SessionLine, ToolReturn
from viewer.text.json import as_text, is_whole_number, items, mapping, only_text
from viewer.types.formats import About
from viewer.types.http import Moment
from viewer.types.problems import Problem

ABOUT = (
    About(
        "cline",
        "Cline, Roo Code",
        "https://github.com/cline/cline",
        "`api_conversation_history.json` and `ui_messages.json` of a task",
        "when each message was written, or began to be shown",
    ),
)

_ROLES = ("user", "assistant")
_ASKED = ("<task>", "<feedback>", "<user_message>", "<answer>")
"""How the text of a message begins that the user wrote."""
_CONTEXT = "<environment_details>"
_REQUEST = "api_req_started"
_PROMPTS = frozenset({"task", "user_feedback", "user_feedback_diff"})
_RESULTS = frozenset({"command_output", "mcp_server_response", "browser_action_result"})
_TOOLS = frozenset({"tool", "command", "use_mcp_server", "browser_action", "browser_action_launch", "use_subagents"})
_ANSWERS = frozenset({"text", "reasoning", "completion_result", "followup", "plan_mode_respond", "api_req_failed"})
_OTHERS = frozenset(
    {
        *("error", "error_retry", "api_req_finished", "api_req_retried", "api_req_retry_delayed", "api_req_deleted"),
        *("api_req_rate_limit_wait", "deleted_api_reqs", "shell_integration_warning", "diff_error", "info"),
        *("shell_integration_warning_with_suggestion", "mcp_server_request_started", "mcp_notification"),
        *("clineignore_error", "rooignore_error", "command_permission_denied", "checkpoint_created", "hook_status"),
        *("checkpoint_saved", "load_mcp_documentation", "generate_explanation", "task_progress", "subagent"),
        *("hook_output_stream", "subagent_usage", "conditional_rules_applied", "act_mode_respond", "resume_task"),
        *("resume_completed_task", "mistake_limit_reached", "new_task", "condense", "summarize_task", "report_bug"),
        *("condense_context", "condense_context_error", "sliding_window_truncation", "codebase_search_result"),
        *("subtask_result", "user_edit_todos", "finishTask", "auto_approval_max_req_reached", "image"),
    }
)
_CONDENSED = frozenset({"condense_context", "sliding_window_truncation"})
_NOT_EACH = Problem(
    "note",
    "The file does not have the tokens of its calls.",
    "`ui_messages.json` of the same task has them, with the cost of each call. Open it instead.",
)


def recognise(document: Document) -> int:
    """Look for an array of messages with times in milliseconds, or with the texts that Cline puts around what is asked."""
    head = document.head.lstrip()
    if not head.startswith(b"[") or not (b'"ts"' in head or _CONTEXT.encode() in head):
        return 0
    for message in map(mapping, items(document.tree)[:20]):
        if message.get("type") in ("say", "ask") and is_whole_number(message.get("ts")) and message["type"] in message:
            return 96
        is_message = message.get("role") in _ROLES and isinstance(message.get("content"), str | list)
        if is_message and (is_whole_number(message.get("ts")) or any(_CONTEXT in text for text in _texts(message))):
            return 94
    return 0


def read(document: Document) -> Recording:
    """Return an interaction for each call of a model."""
    reader = _Reader()
    assembled = assemble(map(reader.line, map(line_of, items(document.tree))), reader.facts)
    problems = [REWRITTEN, *note_unknown(reader.unknown)]
    if reader.answers and not reader.has_tokens:
        problems.append(_NOT_EACH)
    return Recording(
        "cline", assembled.interactions, problems=tuple(problems), from_tree=True, session=assembled.session
    )


@dataclass(slots=True)
class _Reader:
    """Classifies messages."""

    facts: SessionFacts = field(default_factory=lambda: SessionFacts("Cline or Roo Code"))
    unknown: Counter[str] = field(default_factory=Counter)
    answers: int = 0
    """How many messages of the model the file has, if it is the one of the API."""
    has_tokens: bool = False
    _request: str = ""
    """What tells the current request of `ui_messages.json` apart."""
    _tool: str = ""
    """The id of the last call of a tool in `ui_messages.json`, which has none of its own: its time."""

    def line(self, line: FileLine) -> SessionLine:
        """Return a message with its role."""
        value, at = line.value, fields.epoch_moment(line.value.get("ts"), fields.MILLISECOND_S)
        if value.get("type") in ("say", "ask"):
            return self._shown(line.data, as_text(value.get(value["type"]) or ""), value, at)
        if value.get("role") == "assistant" or (value.get("type") == "reasoning" and "role" not in value):
            self.answers += "role" in value
            self.has_tokens |= "tokens" in mapping(value.get("metrics"))
            blocks = [mapping(block) for block in items(value.get("content"))]
            calls = tuple(as_text(block.get("id")) for block in blocks if block.get("type") == "tool_use")
            role: LineRole = "about" if value.get("isSummary") else "answer"
            return SessionLine(line.data, role, at=at, tool_calls=calls, compacts=value.get("isSummary") is True)
        if value.get("role") == "user":
            return self._given(line.data, value, at)
        self.unknown[as_text(value.get("type") or value.get("role") or "")] += 1
        return SessionLine(line.data, "about", at=at)

    def _given(self, data: bytes, value: Mapping[str, Any], at: Moment | None) -> SessionLine:
        blocks = [mapping(block) for block in items(value.get("content"))]
        returns = tuple(
            ToolReturn(as_text(block.get("tool_use_id")), block.get("is_error") is True)
            for block in blocks
            if block.get("type") == "tool_result"
        )
        is_asked = any(text.lstrip().startswith(_ASKED) for text in _texts(value))
        role: LineRole = "prompt" if is_asked else "given"
        return SessionLine(data, role, at=at, returns=returns, compacts=value.get("isSummary") is True)

    def _shown(self, data: bytes, kind: str, value: Mapping[str, Any], at: Moment | None) -> SessionLine:
        """Classify what the user saw. All that follows a request, up to the next one, comes of its answer."""
        if kind == _REQUEST:
            # Its time is that of the request, not of the answer.
            self._request = as_text(value.get("ts"))
            return SessionLine(data, "answer", call=self._request)
        if kind in _PROMPTS or (kind == "text" and not self._request):
            return SessionLine(data, "prompt", at=at)
        if kind in _RESULTS:
            returns = (ToolReturn(self._tool),) if self._tool and value["type"] == "say" else ()
            return SessionLine(data, "given", at=at, returns=returns)
        is_answer = bool(self._request) and bool(value.get("text"))
        if kind in _TOOLS and is_answer:
            self._tool = as_text(value.get("ts"))
            return SessionLine(data, "answer", call=self._request, at=at, tool_calls=(self._tool,))
        if kind in _ANSWERS and is_answer:
            return SessionLine(data, "answer", call=self._request, at=at)
        if kind not in _OTHERS | _TOOLS | _ANSWERS:
            self.unknown[kind] += 1
        return SessionLine(data, "about", at=at, compacts=kind in _CONDENSED)


def _texts(message: Mapping[str, Any]) -> list[str]:
    """Return the texts of a message, also those in the results of tools."""
    content = message.get("content")
    if isinstance(content, str):
        return [content]
    texts = []
    for block in map(mapping, items(content)):
        inner = block.get("content")
        texts += [only_text(block.get("text")), only_text(inner)]
        texts += [only_text(mapping(one).get("text")) for one in items(inner)]
    return texts
