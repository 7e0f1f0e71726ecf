"""The files of one session of Claude Code: its own, and those of its subagents.

Since version 2.0.28 a subagent writes a file of its own: `SESSION/subagents/agent-ID.jsonl` next to `SESSION.jsonl`, with
`agent-ID.meta.json`, which says what kind of agent it is. Before version 2.1 the files were next to that of the session.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from heapq import merge
from pathlib import PurePosixPath
from typing import NamedTuple

from viewer.cassettes.document import Document
from viewer.cassettes.sessions.file_lines import FileLine, file_lines
from viewer.text.json import mapping, only_text, parse
from viewer.text.times import parse_time
from viewer.types.claude_code import unwrapped
from viewer.types.problems import Problem

# Written by the program itself. A name with a slash or a dot could lead to another folder.
_AGENT = re.compile(rb'"agentId":\s?"([A-Za-z0-9_-]{1,64})"')
_OF_MAIN_AGENT = re.compile(rb'"isSidechain":\s?false')
# More subagents than any session is known to have. Each is looked up in the folder.
_MAX_AGENTS = 1000


class SessionFiles(NamedTuple):
    """What the files of a session hold."""

    lines: Iterator[FileLine]
    """The lines of all files in the order of their times. Those of one file stay in its order."""
    main: str
    """The id of the subagent whose own file was opened; "" if it is the file of a session."""
    kinds: dict[str, str]
    """By id, the kind of each subagent that has a file about it."""
    with_file: frozenset[str]
    """The ids of the subagents that have a file of their own."""


def session_files(document: Document, problems: list[Problem]) -> SessionFiles:
    """Read the file of a session and those of its subagents that are next to it."""
    found: dict[str, bytes] = {}
    kinds: dict[str, str] = {}
    named = _agents_in(document.data)
    is_of_agent = len(named) == 1 and not _OF_MAIN_AGENT.search(document.data) and _is_sidechain(document.data)
    main = named[0] if is_of_agent else ""
    # A subagent can start others.
    for agent in named:
        content = None if agent == main else _beside(document, agent, "jsonl")
        if content is not None:
            found[agent] = content
            named += [one for one in _agents_in(content) if one not in named][: _MAX_AGENTS - len(named)]
        if content is not None or agent == main:
            kinds[agent] = _kind(_beside(document, agent, "meta.json"))
    of_agents = [_lines_of_agent(agent, content, problems) for agent, content in found.items()]
    lines = _by_time(file_lines(document.data, problems), *of_agents)
    return SessionFiles(lines, main, kinds, frozenset(found))


def _agents_in(data: bytes) -> list[str]:
    return [one.decode() for one in dict.fromkeys(_AGENT.findall(data))][:_MAX_AGENTS]


def _is_sidechain(data: bytes) -> bool:
    """Tell whether the first line that is a message is one of a subagent."""
    for line in file_lines(data, []):
        if line.value.get("type") in ("user", "assistant"):
            return line.value.get("isSidechain") is True
    return False


def _beside(document: Document, agent: str, ending: str) -> bytes | None:
    name, session = f"agent-{agent}.{ending}", PurePosixPath(document.name).stem
    if session == f"agent-{agent}":
        return document.beside(name)
    content = document.beside(f"{session}/subagents/{name}")
    return document.beside(name) if content is None else content


def _kind(about: bytes | None) -> str:
    with suppress(ValueError):
        return only_text(mapping(parse(about or b"")).get("agentType"))
    return ""


def _lines_of_agent(agent: str, data: bytes, problems: list[Problem]) -> Iterator[FileLine]:
    own: list[Problem] = []
    yield from file_lines(data, own)
    # Offsets are those of another file.
    problems += [replace(one, message=f"Subagent {agent}: {one.message}", offset=None) for one in own]


def _by_time(*files: Iterator[FileLine]) -> Iterator[FileLine]:
    """Merge lines by their times. A line without a time, or with an earlier one than a line before it, follows that line."""
    if len(files) == 1:
        return files[0]
    return (line for _, line in merge(*map(_with_times, files), key=lambda pair: pair[0]))


def _with_times(lines: Iterator[FileLine]) -> Iterator[tuple[float, FileLine]]:
    latest_s = 0.0
    for line in lines:
        latest_s = max(latest_s, parse_time(unwrapped(line.value).get("timestamp")) or 0.0)
        yield latest_s, line
