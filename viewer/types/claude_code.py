"""What lines of Claude Code are called and count, for the recorder that takes its files apart and the dialect that reads its answers.

The names come from the types of the Agent SDK (https://www.npmjs.com/package/@anthropic-ai/claude-agent-sdk, `SDKMessage` and
`StdoutMessage`), and those of session files from the program in the same package, which sorts them by what it keeps of each.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from viewer.types.usage import count

SYNTHETIC = "<synthetic>"
"""The model of a message that Claude Code wrote itself, such as one that reports an error of the API."""

_OF_STREAM = (
    *("active_goal", "auth_status", "control_cancel_request", "control_request", "control_response"),
    *("conversation_reset", "keep_alive", "prompt_suggestion", "rate_limit_event", "system", "tool_progress"),
    "tool_use_summary",
)
_OF_FILES = (
    *("agent-color", "agent-name", "agent-setting", "ai-title", "api-request", "api-request-blob"),
    *("api-request-resumed", "api-request-shape", "artifact-autoreact-ledger", "artifact-comment-monitor"),
    *("atis-latch", "attachment", "attribution-snapshot", "bridge-session", "content-replacement", "continued-in"),
    *("cost-state", "custom-title", "data-flow-incomplete", "data-flow-records", "derived-from", "dev-mods"),
    *("ended-by-model", "file-history-delta", "file-history-snapshot", "fork-context-ref", "frame-link"),
    *("history-suppression", "host-row", "hybrid-organization", "isolation-latch", "last-prompt", "memory-mode"),
    *("mode", "observer-ref", "permission-mode", "pr-link", "progress", "queue-operation", "relocated", "repl-mode"),
    *("resume-head-vouch", "session-owner", "summary", "tag", "tools-used", "worktree-state"),
)
OTHER_TYPES = frozenset((*_OF_STREAM, *_OF_FILES))
"""The types of all lines that are not a part of the conversation (`user`, `assistant`, `stream_event`) nor the `result` of a turn."""


def unwrapped(line: dict[str, Any]) -> dict[str, Any]:
    """Return the message of a subagent that a line of its progress holds, as a line of its own. Return any other line unchanged.

    Versions 2.0 and 2.1 write such lines into the file of the session: `{"type": "progress", "parentToolUseID": …, "data":
    {"type": "agent_progress", "agentId": …, "message": {"type": "assistant", "message": …}}}`.
    """
    data = line.get("data")
    if line.get("type") != "progress" or not isinstance(data, dict) or data.get("type") != "agent_progress":
        return line
    inner, agent = data.get("message"), data.get("agentId")
    if not isinstance(inner, dict) or inner.get("type") not in ("user", "assistant") or not isinstance(agent, str):
        return line
    outer = {name: value for name, value in line.items() if name in ("sessionId", "timestamp", "version")}
    return {**outer, **inner, "isSidechain": True, "agentId": agent}


@dataclass(slots=True)
class MessageUsage:
    """What the lines of one message report together.

    Claude Code writes a block of a message as a line once it is complete, with the usage known by then. Before the end of the
    message its output is that of the start, often 1 to 8, and many versions never write a stop reason. So the output is known if
    a line has a stop reason, or more output than an earlier one.
    https://github.com/anthropics/claude-code/issues/20222, https://github.com/ccusage/ccusage/issues/938
    """

    reported: dict[str, Any] = field(default_factory=dict)
    """The usage object with the most output."""
    is_final: bool = False

    def add(self, usage: Mapping[str, Any], *, has_stop_reason: bool) -> None:
        """Add the usage of one line."""
        output = count(usage, "output_tokens") or 0
        before = (count(self.reported, "output_tokens") or 0) if self.reported else output
        if output >= before:
            self.reported = dict(usage)
        self.is_final |= has_stop_reason or output > before
