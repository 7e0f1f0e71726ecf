"""Opening a cassette, against two ways without the viewer: a script of ten lines, and the provider's own SDK."""

import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx2
import openai
import yaml

import viewer
from benchmarks.figures import Row, best_s
from benchmarks.recordings import go_vcr

TITLE = "Opening a cassette without the viewer"

_CHUNKS = 20_000
_MIN_SCRIPT_RATIO, _MIN_SDK_RATIO = 15.0, 20.0


def rows() -> Iterator[Row]:
    """Yield the rows."""
    made = go_vcr(_CHUNKS)
    body = viewer.load(made).interactions[0].response.body
    with TemporaryDirectory() as folder:
        path = Path(folder) / "long.yaml"
        path.write_bytes(made)
        ours, script, sdk = best_s([lambda: _open(path), lambda: _script(path), lambda: _sdk(body)], 3)
    what = f"go-vcr, {_CHUNKS:,} chunks, {len(made) / 1e6:.1f} MB"
    yield Row(
        f"{what}: a script, `yaml.safe_load` and `json.loads` of each line",
        f"{ours:.3f} s",
        f"{script:.2f} s",
        script / ours,
        _MIN_SCRIPT_RATIO,
        is_at_least=True,
    )
    yield Row(
        f"{what}: openai {openai.__version__}, fed the body through an in-memory transport",
        f"{ours:.3f} s",
        f"{sdk:.2f} s",
        sdk / ours,
        _MIN_SDK_RATIO,
        is_at_least=True,
    )


def _open(path: Path) -> None:
    _ = viewer.load(path).chunks


def _script(path: Path) -> None:
    with path.open(encoding="utf-8") as file:
        cassette = yaml.safe_load(file)
    chunks = []
    for interaction in cassette["interactions"]:
        for line in interaction["response"]["body"].splitlines():
            if line.startswith("data: {"):
                chunks.append(json.loads(line[6:]))  # noqa: PERF401 - as people write it
    assert len(chunks) == _CHUNKS


def _sdk(body: bytes) -> None:
    def answer(_request: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, headers={"content-type": "text/event-stream"}, content=body)

    with httpx2.Client(transport=httpx2.MockTransport(answer)) as http:
        client = openai.OpenAI(api_key="none", base_url="http://localhost/v1", http_client=http)
        stream = client.chat.completions.create(model="m", messages=[{"role": "user", "content": "hi"}], stream=True)
        assert sum(1 for _ in stream) == _CHUNKS
