"""Recordings damaged on purpose, and everything that is done with one that opens.

Each round depends only on a seed and its number, so that a finding can be reproduced: `scripts/fuzz SEED:ROUND`.
"""

import json
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import yaml

import viewer
from tests.conftest import ROOT
from viewer.display.deck import make_tape
from viewer.display.story import answer_story, stream_story

LARGEST_BYTES = 200_000
MAX_CPU_S = 5.0
"""The CPU time that no input of that size may take: a hundred times that of an undamaged recording, plus room for a slow machine."""

_ODD_TEXTS = (
    *(b"9" * 401, b"-1", b"1e999", b"NaN", b"-Infinity", b"0", b"40000", b"2147483648", b"null", b"true", b"[]", b"{}"),
    *(b'""', b'"\\ud83d"', b'"\\u0000"', b"[" * 300 + b"]" * 300, b'{"a":' * 300 + b"1" + b"}" * 300, b"\xff", b"\x00"),
    *(
        b"\n\n",
        b"\r\n",
        b"\r",
        b"data: ",
        b"data: [DONE]\n\n",
        b": ping\n\n",
        b"event: error\n",
        b"- ",
        b"&a [*a]",
        b"'",
    ),
    *(
        b"!!binary aGk=",
        b"!!python/object:os.system x",
        b"\xef\xbb\xbf",
        b"\x1f\x8b\x08",
        b"PK\x03\x04",
        b"\xe2\x80\xa8",
    ),
)
_RUNS = tuple(bytes([character]) for character in b" \t\r\n0a{[\"'\\:-=&%/.,_|+@`<")
_ODD_VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1.5, 10**30, 2**31, 40_000, float("inf"), float("nan"), "", "x", "\ud83d", "\0", "1"),
    *(
        [],
        {},
        [[]],
        [None],
        {"": None},
        {"type": {}},
        ["text"],
        [{"index": 0}],
        "9" * 401,
        "-9" * 20,
        "2026-13-45T99:99:99Z",
    ),
    *("data: {}\n\n", "[DONE]", {"error": {"message": {"a": []}}}, {"delta": None}, [[[[[[[]]]]]]]),
)
_TOKEN = re.compile(rb'"(?:[^"\\\n]|\\.)*"|-?\d[\d.eE+-]*|\btrue\b|\bnull\b')
_PAYLOAD = re.compile(rb"^(data: ?)?(\{.*\})$", re.MULTILINE)


def recordings() -> list[tuple[str, bytes]]:
    """Return small recordings of every recorder and protocol, by name: the samples, then the shared ones if present."""
    found = {path.name: path for path in sorted((ROOT / "sample_cassettes").iterdir()) if path.suffix != ".md"}
    shared = ROOT.parent / "shared"
    if shared.is_dir():
        corpus = shared / "corpus"
        for folder in [*sorted((shared / "recorded").iterdir()), *sorted((corpus / "generated-samples").iterdir())]:
            if folder.is_dir():
                found |= {str(path.relative_to(shared)): path for path in _smallest(folder.rglob("*"), 3)}
        protocols: dict[tuple[str, str], list[Path]] = {}
        for line in (corpus / "facts.jsonl").read_text().splitlines():
            fact = json.loads(line)
            protocols.setdefault((fact["format"], fact["proto"]), []).append(corpus / fact["path"])
        for paths in protocols.values():
            found |= {str(path.relative_to(shared)): path for path in _smallest(paths, 2)}
    files = {name: path.read_bytes() for name, path in found.items()}
    return [*files.items(), *_bodies(files)]


def _smallest(paths: Iterator[Path] | list[Path], count: int) -> list[Path]:
    """Return the smallest files with more than a line or two."""
    sizes = {path: path.stat().st_size for path in paths if path.is_file() and not path.name.endswith((".csv", ".md"))}
    return sorted((path for path in sizes if 300 < sizes[path] < LARGEST_BYTES), key=lambda path: (sizes[path], path))[
        :count
    ]


def _bodies(files: dict[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """Yield the shortest response body of each protocol; a body alone opens too."""
    shortest: dict[str, tuple[str, bytes]] = {}
    for name, data in files.items():
        try:
            cassette = viewer.load(data, name)
        except viewer.CassetteError:
            continue
        for stream in cassette.streams:
            body = cassette.interactions[stream.interaction].response.body
            known = shortest.get(stream.protocol)
            if known is None or len(body) < len(known[1]):
                shortest[stream.protocol] = (f"body of {name}", body)
    yield from shortest.values()


def damaged(round_number: int, seed: str, files: list[tuple[str, bytes]]) -> tuple[str, bytes]:
    """Return a recording damaged in one to four ways, and the name of the original."""
    random = Random(f"{seed}:{round_number}")  # noqa: S311 - not for secrets
    name, data = random.choice(files)
    for _ in range(random.randint(1, 4)):
        data = random.choice(_WAYS)(data, random, files)[:LARGEST_BYTES]
    return name, data


def _cut(data: bytes, random: Random) -> tuple[int, int]:
    begin = random.randrange(len(data) + 1)
    return begin, min(len(data), begin + int(random.expovariate(1 / 40)))


def _flip(data: bytes, random: Random, _files: Any) -> bytes:
    changed = bytearray(data)
    for _ in range(random.randint(1, 8)):
        if changed:
            changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    return bytes(changed)


def _truncate(data: bytes, random: Random, _files: Any) -> bytes:
    return data[: random.randrange(len(data) + 1)]


def _lose(data: bytes, random: Random, _files: Any) -> bytes:
    begin, end = _cut(data, random)
    return data[:begin] + data[end:]


def _repeat(data: bytes, random: Random, _files: Any) -> bytes:
    begin, end = _cut(data, random)
    return data[:end] + data[begin:end] * random.choice((1, 2, 50, 3000)) + data[end:]


def _splice(data: bytes, random: Random, files: list[tuple[str, bytes]]) -> bytes:
    other = random.choice(files)[1]
    return data[: random.randrange(len(data) + 1)] + other[random.randrange(len(other) + 1) :]


def _insert(data: bytes, random: Random, _files: Any) -> bytes:
    place = random.randrange(len(data) + 1)
    return data[:place] + random.choice(_ODD_TEXTS) * random.choice((1, 1, 1, 2000)) + data[place:]


def _stretch(data: bytes, random: Random, _files: Any) -> bytes:
    """Insert a long run of one character. A regular expression that backtracks takes time quadratic in its length."""
    place = random.randrange(len(data) + 1)
    return data[:place] + random.choice(_RUNS) * random.choice((20_000, 60_000)) + data[place:]


def _replace_token(data: bytes, random: Random, _files: Any) -> bytes:
    """Replace a token by an odd one, sometimes everywhere."""
    tokens = list(_TOKEN.finditer(data))
    if not tokens:
        return data
    token = random.choice(tokens)
    odd = random.choice(_ODD_TEXTS)
    if random.random() < 0.2:
        return data.replace(token.group(), odd)
    return data[: token.start()] + odd + data[token.end() :]


def _damage_payload(data: bytes, random: Random, _files: Any) -> bytes:
    """Put an odd value into the JSON of one event."""
    payloads = list(_PAYLOAD.finditer(data))
    if not payloads:
        return data
    payload = random.choice(payloads)
    try:
        written = _dumped(_damaged_tree(json.loads(payload[2]), random))
    except (ValueError, RecursionError):
        return data
    return data[: payload.start(2)] + written + data[payload.end(2) :]


def _damage_tree(data: bytes, random: Random, _files: Any) -> bytes:
    """Put an odd value into the tree of a cassette, and write it as JSON."""
    try:
        tree = json.loads(data) if data.lstrip()[:1] in (b"{", b"[") else yaml.load(data, yaml.CSafeLoader)
        return _dumped(_damaged_tree(tree, random))
    except (ValueError, TypeError, RecursionError, yaml.YAMLError):
        return data


def _dumped(tree: Any) -> bytes:
    return json.dumps(tree, default=str).encode()


def _damaged_tree(tree: Any, random: Random) -> Any:
    places = list(_places(tree))
    if not places:
        return random.choice(_ODD_VALUES)
    for _ in range(random.randint(1, 3)):
        holder, key = random.choice(places)
        way = random.random()
        try:
            if way < 0.7:
                holder[key] = random.choice(_ODD_VALUES)
            elif way < 0.8:
                del holder[key]
            elif way < 0.9:
                other, other_key = random.choice(places)
                holder[key] = json.loads(json.dumps(other[other_key], default=str))
            elif isinstance(holder, list):
                holder[:] = holder * random.choice((2, 5))
        except (LookupError, ValueError, RecursionError):
            continue
    return tree


def _places(tree: Any) -> Iterator[tuple[Any, Any]]:
    waiting = [tree]
    while waiting:
        held = waiting.pop()
        if isinstance(held, dict | list):
            for key in list(held) if isinstance(held, dict) else range(len(held)):
                yield held, key
                waiting.append(held[key])


_WAYS: tuple[Callable[[bytes, Random, list[tuple[str, bytes]]], bytes], ...] = (
    *(_flip, _truncate, _lose, _repeat, _splice, _insert, _stretch, _replace_token),
    *(_damage_payload, _damage_payload, _damage_payload, _damage_tree, _damage_tree),
)


def use(data: bytes, name: str = "damaged") -> float:
    """Open a recording and do everything that hosts do with it. Return the CPU time of opening. Only a bug raises."""
    cassette = None
    begin = time.process_time()
    try:
        cassette = viewer.load(data, name)
        rows = len(cassette.chunks)
    except viewer.CassetteError as error:
        str(error)
    opening_cpu_s = time.process_time() - begin
    if cassette is not None:
        repr(cassette)
        repr(cassette.interactions)
        assert rows == sum(len(stream.chunks) for stream in cassette.streams)
        for answer in cassette.answers.values():
            repr(answer)
            answer_story(answer)
        for stream in cassette.streams:
            repr(stream)
            for kind in ("content", "reasoning", "refusal", "error"):
                stream.text(kind)
            for measure in stream.metrics.values():
                repr(measure)
            repr((stream.cost, stream.silences, stream.timing, stream.usage, stream.tool_calls))
            stream_story(stream)
        json.dumps(make_tape(cassette.streams), allow_nan=False)
        for problem in cassette.problems:
            str(problem)
    return opening_cpu_s
