"""Codex: the JSON-RPC messages of `codex app-server`, a line each, of the server alone or of both sides.

https://github.com/openai/codex: codex-rs/app-server-protocol, whose schemas `codex app-server generate-json-schema` writes. They
are read as versions 0.104 to 0.171 write them.

A call of a model ends with the usage that raises the counts of its thread. Each thread is an agent. Since version 0.17x, the server
stamps each notification, and writes the usage once all tools of the call have run. Before, tools can start after it. The same
counts again begin the next call.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from viewer.cassettes import Recording, fields
from viewer.cassettes.document import Document
from viewer.cassettes.sessions.assembly import assemble
from viewer.cassettes.sessions.codex.results import returned_by_event
from viewer.cassettes.sessions.codex.totals import codex_usage, note_before
from viewer.cassettes.sessions.file_lines import file_lines, first_objects, note_unknown
from viewer.cassettes.sessions.lines import AgentFacts, SessionFacts, SessionLine
from viewer.cassettes.sessions.usage_sums import more_than
from viewer.text.json import as_text, items, mapping, only_text
from viewer.text.times import seconds_from_ms
from viewer.types import codex
from viewer.types.formats import About
from viewer.types.http import Moment
from viewer.types.problems import Problem
from viewer.types.sessions import Totals
from viewer.types.usage import Usage

ABOUT = (
    About(
        "codex-app-server",
        "Codex app server",
        "https://developers.openai.com/codex/app-server",
        "the JSON-RPC lines of `codex app-server`, with subagents",
        "when each notification was sent, since version 0.17x",
    ),
)
BY_LINES = True

_LINES_TO_LOOK_AT = 50
_METHODS = frozenset(
    {"thread/started", "turn/started", "turn/completed", "item/started", "item/completed"} | codex.TEXT_DELTAS
)


def recognise(document: Document) -> int:
    """Look for a notification about a thread."""
    if b'"threadId"' not in document.head and b'"thread/started"' not in document.head:
        return 0
    for line in first_objects(document.data, _LINES_TO_LOOK_AT):
        if as_text(line.get("method") or "") in _METHODS and _thread_of(mapping(line.get("params"))):
            return 96
    return 0


def read(document: Document) -> Recording:
    """Return an interaction for each call of a model."""
    reader = _Reader()
    assembled = assemble(reader.lines(document.data), reader.facts)
    problems = (*reader.problems, *note_unknown(reader.unknown))
    return Recording("codex-app-server", assembled.interactions, reader.version, problems, session=assembled.session)


def _thread_of(params: Mapping[str, Any]) -> str:
    return only_text(params.get("threadId") or mapping(params.get("thread")).get("id"))


@dataclass(slots=True)
class _Thread:
    """What is known of one thread so far."""

    model: str = ""
    calls: int = 0
    total: Mapping[str, Any] | None = None
    started: set[str] = field(default_factory=set)
    """The ids of the items that were started."""
    has_turn: bool = False
    may_start_tools: bool = False
    """Whether the call that was counted last may still start tools."""

    def of_text(self) -> str:
        """Return the call of a text of the model."""
        self.may_start_tools = False
        return str(self.calls)

    def of_tool(self) -> str:
        """Return the call that a tool was called by."""
        return str(self.calls - self.may_start_tools)


@dataclass(slots=True)
class _Reader:
    """Classifies lines, and gathers what they say of the session as a whole."""

    facts: SessionFacts = field(default_factory=lambda: SessionFacts("Codex", protocol="codex-app-server"))
    problems: list[Problem] = field(default_factory=list)
    unknown: Counter[str] = field(default_factory=Counter)
    version: str = ""
    _threads: dict[str, _Thread] = field(default_factory=dict)
    _total: Usage | None = None
    _before: Usage | None = None
    """What the first thread had counted before its first call in the file."""

    def lines(self, data: bytes) -> Iterator[SessionLine]:
        """Yield each line with its role."""
        for line in file_lines(data, self.problems):
            yield self._line(line.data, line.value)
        if self._total:
            self.facts.reported = Totals(more_than(self._total, self._before), with_subagents=False)
        self.problems += note_before(self._before)

    def _line(self, data: bytes, value: dict[str, Any]) -> SessionLine:
        params, method = mapping(value.get("params")), as_text(value.get("method") or "")
        result = mapping(value.get("result"))
        if "thread" in result or method == "thread/started":
            self._note_thread(mapping((result or params).get("thread")), only_text(result.get("model")))
        agent = self._agent(_thread_of(params))
        thread = self._threads.setdefault(agent, _Thread())
        thread.has_turn |= method in ("turn/started", "item/started", "item/completed")
        at = _moment(value, params)
        match method:
            case "item/started" | "item/completed":
                return self._item(data, method, mapping(params.get("item")), agent, at)
            case "thread/tokenUsage/updated":
                return self._usage(data, mapping(params.get("tokenUsage")), agent, is_late="emittedAtMs" in value)
            case "turn/completed":
                thread.calls, thread.may_start_tools = thread.calls + 1, False
                whole_s = seconds_from_ms(mapping(params.get("turn")).get("durationMs"))
                reported = None if whole_s is None else Totals(whole_s=whole_s, with_subagents=False)
                return SessionLine(data, "end", agent, at=at, reported=reported)
            case "error" if params.get("willRetry") is not True:
                return SessionLine(data, "answer", agent, thread.of_text(), at, model=thread.model)
            case "thread/settings/updated" | "model/rerouted":
                named = params.get("toModel") or mapping(params.get("threadSettings")).get("model")
                thread.model = only_text(named) or thread.model
            case _ if method in codex.TEXT_DELTAS:
                return SessionLine(data, "answer", agent, thread.of_text(), at, model=thread.model)
            case _ if value and not _is_known(method, value):
                self.unknown[method] += 1
        return SessionLine(data, "about", agent, at=at)

    def _agent(self, thread_id: str) -> str:
        """Return "" for the first thread, and the id of any other."""
        self.facts.id = self.facts.id or thread_id
        return "" if thread_id == self.facts.id else thread_id

    def _note_thread(self, thread: Mapping[str, Any], model: str) -> None:
        identity = only_text(thread.get("id"))
        agent = self._agent(identity)
        known = self._threads.setdefault(agent, _Thread())
        known.model = model or only_text(thread.get("model")) or known.model
        self.version = self.version or only_text(thread.get("cliVersion"))
        if agent:
            name = only_text(thread.get("agentRole") or thread.get("agentNickname"))
            self.facts.agents[agent] = self.facts.agents.get(agent, AgentFacts())._replace(name=name)

    def _item(self, data: bytes, method: str, item: Mapping[str, Any], agent: str, at: Moment | None) -> SessionLine:
        kind, identity = as_text(item.get("type") or ""), as_text(item.get("id") or "")
        thread = self._threads[agent]
        is_end, is_new = method == "item/completed", identity not in thread.started
        thread.started.add(identity)
        if kind in codex.TEXT_ITEMS or kind in codex.PROVIDER_ITEMS:
            return SessionLine(data, "answer", agent, thread.of_text(), at, model=thread.model)
        if kind == "userMessage":
            return SessionLine(data, "prompt" if is_end else "about", agent, at=at)
        if kind in codex.TOOL_ITEMS:
            self._note_starts(item, identity)
            returns = (returned_by_event(item),) if is_end else ()
            if is_end and not is_new:
                return SessionLine(data, "given", agent, at=at, returns=returns)
            # If it was never started, the call and its result are one line, which is written when the tool has run.
            when = None if is_end else at
            return SessionLine(data, "answer", agent, thread.of_tool(), when, (identity,), returns, model=thread.model)
        if kind not in codex.OTHER_SERVER_ITEMS:
            self.unknown[f"item {kind}"] += 1
        return SessionLine(data, "about", agent, at=at, compacts=is_end and kind == "contextCompaction")

    def _note_starts(self, item: Mapping[str, Any], identity: str) -> None:
        """Note the threads that a call of a tool started. Some versions report them on no line of their own."""
        if item.get("tool") != "spawnAgent":
            return
        for started in filter(None, map(only_text, items(item.get("receiverThreadIds")))):
            self.facts.agents[started] = self.facts.agents.get(started, AgentFacts())._replace(started_by=identity)
            thread = self._threads.setdefault(started, _Thread())
            thread.model = thread.model or only_text(item.get("model"))

    def _usage(self, data: bytes, counts: Mapping[str, Any], agent: str, *, is_late: bool) -> SessionLine:
        """Read counts. They end a call unless they repeat the last ones."""
        total, of_call = mapping(counts.get("total")), codex_usage(mapping(counts.get("last")))
        thread, usage = self._threads[agent], codex_usage(total)
        if usage is None or total == thread.total or not thread.has_turn:
            # A thread that is resumed or forked reports the counts that it had.
            thread.total, thread.may_start_tools = total if usage else thread.total, False
            return SessionLine(data, "about", agent)
        thread.total, thread.calls, thread.may_start_tools = total, thread.calls + 1, not is_late
        if not agent:
            self._before = more_than(usage, of_call) if of_call and self._total is None else self._before
            self._total = usage
        return SessionLine(data, "answer", agent, str(thread.calls - 1), model=thread.model)


def _is_known(method: str, value: Mapping[str, Any]) -> bool:
    """Tell whether a message is an answer to a request, or of a method that some version of Codex has."""
    return method.partition("/")[0] in codex.METHOD_GROUPS if method else bool(value.keys() & {"result", "error"})


def _moment(value: Mapping[str, Any], params: Mapping[str, Any]) -> Moment | None:
    """Return when a notification was sent, or when its item was started or completed."""
    for stamp in (value.get("emittedAtMs"), params.get("completedAtMs"), params.get("startedAtMs")):
        if at := fields.epoch_moment(stamp, fields.MILLISECOND_S):
            return at
    return fields.moment(value.get("timestamp"), fields.MILLISECOND_S)
