"""The recordings to measure: generated from a seed, or read from the corpus."""

import re
from functools import cache
from pathlib import Path
from random import Random

import yaml

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "sample_cassettes" / "grok-code-fast-1_simple_streaming.yaml"
CORPUS = ROOT.parent / "shared" / "corpus"

_CHUNKS_PER_SECOND = 80
_FIRST_S = 1761231382
_CREATED = re.compile(r'"created":\d+')
_ID = re.compile(r'"id":"[0-9a-f]+-')
_BODY = re.compile(r"(    body: \|\+\n)(.*?)(    headers:)", re.DOTALL)


@cache
def sample_text() -> str:
    """Return the sample on which the generated recordings are modelled."""
    return SAMPLE.read_text()


@cache
def _events() -> tuple[list[str], list[str], str]:
    """Return the sample's reasoning events, its content events, and one silent event."""
    body: str = yaml.load(sample_text(), yaml.CSafeLoader)["interactions"][0]["response"]["body"]
    events = [line for line in body.split("\n") if line.startswith("data: {")]
    reasoning = [event for event in events if '"delta":{"reasoning_content":"' in event]
    content = [event for event in events if '"delta":{"content":"' in event]
    silent = next(event for event in events if '"delta":{}' in event and "finish_reason" not in event)
    return reasoning, content, silent


def go_vcr(
    chunks: int,
    *,
    silent_share: float = 0.0,
    obfuscated: bool = False,
    own_ids: bool = False,
    seed: int | None = None,
) -> bytes:
    """Return a go-vcr cassette whose only stream has the given number of chunks, drawn from the sample's events.

    A third of the chunks are reasoning. With obfuscation, each event has a field of random length, as OpenAI sends it. With ids of
    their own, no two events differ only in their text. The seed defaults to the number of chunks.
    """
    reasoning, content, silent = _events()
    random = Random(chunks if seed is None else seed)  # noqa: S311 - not for secrets
    lines = []
    for number in range(chunks):
        event = random.choice(reasoning if number < chunks // 3 else content)
        event = silent if random.random() < silent_share else event
        event = _CREATED.sub(f'"created":{_FIRST_S + number // _CHUNKS_PER_SECOND}', event)
        if obfuscated:
            event = f'{event[:-1]},"obfuscation":"{"x" * random.randint(1, 16)}"}}'
        if own_ids:
            event = _ID.sub(f'"id":"{number}-', event, count=1)
        lines.append(event)
    body = "".join(f"      {line}\n\n" for line in [*lines, "data: [DONE]"])
    return _BODY.sub(lambda found: found[1] + body + found[3], sample_text(), count=1).encode()


def corpus_of(recorder: str) -> list[Path]:
    """Return one recorder's YAML files in the corpus; none if the corpus is not next to this checkout."""
    return sorted(path for path in (CORPUS / recorder).rglob("*.y*ml") if path.is_file())
