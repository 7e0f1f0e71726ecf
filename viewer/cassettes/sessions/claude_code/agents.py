"""Which agent a line of Claude Code belongs to, and which tool call started that agent.

Lines of session files name the agent since version 2.0.28. Before, only the chain of `parentUuid` tells subagents apart. Lines of
the stream name the tool call that started the agent. What ties an agent to its call is the call's result, which names the agent,
or the prompt, which is the agent's first message.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from viewer.cassettes.sessions.lines import AgentFacts
from viewer.text.json import mapping, only_text


@dataclass(slots=True)
class ClaudeAgents:
    """The agents of the lines so far."""

    facts: dict[str, AgentFacts]
    """What is known of each. The caller holds it too."""
    main: str = ""
    """The id of the agent whose own file this is; "" for the file of a session."""
    _chains: dict[str, str] = field(default_factory=dict)
    """By the id of a line of a subagent without a name, the id of its first line."""
    _started: dict[str, str] = field(default_factory=dict)
    """By the prompt of each call that starts a subagent, the id of the call."""
    _kinds: dict[str, str] = field(default_factory=dict)
    """By the id of such a call, the kind of agent."""

    def agent_of(self, line: Mapping[str, Any]) -> str:
        """Return what tells the agent of a line apart, "" for the main agent, and note what the line says of it."""
        if call_id := only_text(line.get("parent_tool_use_id")):
            self.note_agent(call_id, call_id)
            return call_id
        if line.get("isSidechain") is not True:
            return ""
        if agent := only_text(line.get("agentId")):
            if agent == self.main:
                return ""
            self._note_by_prompt(agent, line)
            return agent
        identity, before = only_text(line.get("uuid")), only_text(line.get("parentUuid"))
        first = self._chains[identity] = self._chains.get(before, identity) or "sidechain"
        self._note_by_prompt(first, line)
        return first

    def note_call(self, call_id: str, given: Mapping[str, Any]) -> None:
        """Note a tool call if it starts a subagent: if it has a prompt, and a description or a kind of agent."""
        kind, prompt = only_text(given.get("subagent_type")), only_text(given.get("prompt"))
        if kind or "description" in given:
            self._kinds[call_id] = kind
            self._started[prompt] = call_id

    def note_agent(self, agent: str, call_id: str) -> None:
        """Note which tool call started an agent."""
        if agent != self.main:
            name = self._kinds.get(call_id) or self.facts.get(agent, AgentFacts()).name
            self.facts[agent] = AgentFacts(name, call_id)

    def note_kind(self, agent: str, kind: str) -> None:
        """Note what kind of agent it is, from a file about it."""
        if agent == self.main:
            self.facts[""] = AgentFacts(kind, id=agent)
        else:
            self.facts.setdefault(agent, AgentFacts(kind))

    def _note_by_prompt(self, agent: str, line: Mapping[str, Any]) -> None:
        if line.get("type") == "user" and not self.facts.get(agent, AgentFacts()).started_by:
            prompt = mapping(line.get("message")).get("content")
            if isinstance(prompt, str) and prompt in self._started:
                self.note_agent(agent, self._started[prompt])
