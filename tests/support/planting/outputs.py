"""Everything that leaves the program after redaction, as texts in which a leak can be searched."""

import base64
import contextlib
import html
import io
import json
import re
import shutil
import tempfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

import viewer
from tests.support.packed import unpacked
from tests.support.planting.layers import joined_by_path
from tests.support.planting.places import Recording
from viewer.cli.main import main
from viewer.cli.output import Status
from viewer.display.charts.standalone import texts_of
from viewer.display.chrome_trace import chrome_trace
from viewer.display.notebook import cassette_html, stream_html
from viewer.display.otlp import has_spans
from viewer.redaction import redact_file

_INERT = re.compile(r'<script type="application/octet-stream;base64" id="\w+">([^<]*)</script>')
_PROGRAM = re.compile(r"<style.*?</style>|<script type=\"?module\"?>.*?</script>", re.DOTALL)


@dataclass
class Case:
    """A recording with a planted secret, and what several outputs need of it."""

    recording: Recording
    cassette: viewer.Cassette = field(init=False)

    def __post_init__(self) -> None:
        self.cassette = viewer.load(self.recording.data, self.recording.name)

    @cached_property
    def folder(self) -> Path:
        """A folder for files, only for this case. `close` deletes it."""
        return Path(tempfile.mkdtemp())

    def close(self) -> None:
        """Delete the folder, if an output asked for one."""
        if "folder" in self.__dict__:
            shutil.rmtree(self.folder)

    def written(self) -> Path:
        """Return the path of the recording as a file."""
        path = self.folder / f"{self.recording.name}{'' if '.' in self.recording.name else '.yaml'}"
        path.write_bytes(self.recording.data)
        return path

    def run(self, command: str, *arguments: str) -> str:
        """Run a command over the recording. Return what it writes, without the name of the file, which the caller typed."""
        path = self.written()
        bytes_written = io.BytesIO()
        out = io.TextIOWrapper(bytes_written, encoding="utf-8", newline="", write_through=True)
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            status = main([command, str(path), *arguments])
        written = bytes_written.getvalue().decode().replace(str(path), "").replace(path.name, "")
        if status == Status.FAILED:
            raise viewer.CassetteError(self.recording.name, written)
        return written


def lane_texts(cassette: viewer.Cassette) -> Iterator[str | bytes]:
    """Yield the texts of a cassette as a reader sees them: each lane joined, all chunks joined, headers, bodies."""
    yield cassette.name
    for one in cassette.interactions:
        for message in (one.request, one.response):
            yield "\n".join([f"{name}: {value}" for name, value in message.headers.items()])
            yield message.body
            yield from joined_by_path(message.body)
        yield one.request.url
    for stream in cassette.streams:
        yield "".join(stream.chunks["text"])
        for _, rows in stream.chunks.groupby(["kind", "choice", "tool"], observed=True, dropna=False):
            yield "".join(rows["text"])
        yield f"{stream.model}\n{stream.error}\n{stream.usage}"
        yield from (f"{call.id}\n{call.name}\n{call.arguments}" for call in stream.tool_calls)
    yield "\n".join(problem.message for problem in cassette.problems)


def _file(case: Case) -> Iterator[str | bytes]:
    written, findings = redact_file(case.recording.data, case.recording.name)
    yield written
    yield from lane_texts(viewer.load(written, "redacted"))
    yield "\n".join(f"{one.id} {one.preview} {one.where}" for one in findings)


def _go_vcr(case: Case) -> Iterator[str | bytes]:
    written, _ = redact_file(case.recording.data, case.recording.name, as_go_vcr=True)
    yield written
    yield from lane_texts(viewer.load(written, "redacted.yaml"))


def _cassette(case: Case) -> Iterator[str | bytes]:
    yield from lane_texts(viewer.redact(case.cassette)[0])


def page_texts(page: str) -> Iterator[str | bytes]:
    """Yield what a page holds: its HTML, and its data decoded as its own script does."""
    yield _PROGRAM.sub("", _INERT.sub("", page))
    data, file = (zlib.decompress(base64.b64decode(one), -zlib.MAX_WBITS) for one in _INERT.findall(page))
    yield file
    yield from joined_by_path(file)
    packed = json.loads(data)
    yield json.dumps({name: value for name, value in packed.items() if name != "streams"}, ensure_ascii=False)
    for stream in packed["streams"]:
        yield json.dumps(stream["sections"], ensure_ascii=False)
        yield "\n".join(stream["table"]["columns"]["text"])
        yield from _table_lanes(stream["table"])
    yield "\n".join(packed["texts"])


def _table_lanes(table: dict[str, Any]) -> Iterator[str]:
    """Yield the texts of the chunk table, joined over all rows and over the rows of each kind, choice and tool."""
    columns = table["columns"]
    keys = zip(*(unpacked(columns[name], table["count"]) for name in ("kind", "choice", "tool")), strict=True)
    lanes: dict[tuple[Any, ...], list[str]] = {}
    for key, text in zip(keys, columns["text"], strict=True):
        lanes.setdefault(key, []).append(text)
    yield "".join(columns["text"])
    yield from map("".join, lanes.values())


def _report(case: Case) -> Iterator[str | bytes]:
    yield from page_texts(viewer.report(case.cassette, data=case.recording.data))


def _share(case: Case) -> Iterator[str | bytes]:
    from starlette.applications import Starlette
    from starlette.testclient import TestClient

    from viewer.pages.server.share_routes import routes, share_path
    from viewer.pages.server.shares import ShareStore

    store = ShareStore(case.folder / "shares")
    identity = store.publish(viewer.report(case.cassette, data=case.recording.data), None)
    answer = TestClient(Starlette(routes=routes(store))).get(share_path(identity))
    yield "\n".join(answer.headers.values())
    yield from page_texts(answer.text)
    yield "\n".join(share.title for share in store.listing())


def _asciicast(case: Case) -> Iterator[str | bytes]:
    for stream in case.cassette.streams:
        written = case.run("export", "--as", "asciicast", "--interaction", str(stream.interaction))
        yield written
        events = [json.loads(line) for line in written.splitlines() if line.startswith("[")]
        # A terminal breaks lines. What a person reads there is one text.
        yield "".join(event[2] for event in events if event[1] == "o").replace("\r\n", "")


def _svg(case: Case) -> Iterator[str | bytes]:
    for stream in case.cassette.streams:
        written = case.run("export", "--as", "svg", "--interaction", str(stream.interaction))
        yield written
        # What a person reads is one text, which lines and moments split.
        yield html.unescape(re.sub(r"<[^>]*>", "", written))


def _trace(case: Case) -> Iterator[str | bytes]:
    try:
        chrome_trace(case.cassette)
    except viewer.CassetteError:
        # Without times there is no trace.
        return
    written = case.run("export", "--as", "chrome-trace")
    yield written
    yield "".join(event["args"].get("text", "") for event in json.loads(written)["traceEvents"])


def _telemetry(case: Case) -> Iterator[str | bytes]:
    for name in ("otlp", "otlp-logs") if has_spans(case.cassette) else ("otlp-logs",):
        try:
            written = case.run("export", "--as", name)
        except viewer.CassetteError as refusal:
            # The recording may hold no call of a model.
            yield str(refusal)
            continue
        yield written
        # Messages are JSON in the strings of spans.
        document = written[written.index('{"resource') :]
        yield "\n".join(_strings_in(json.loads(document[: document.rindex("}") + 1])))


def _strings_in(value: Any) -> Iterator[str]:
    """Yield all strings of a JSON value, and those of JSON in them."""
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _strings_in(inner)
    elif isinstance(value, str):
        yield value
        if value.startswith(("[", "{")):
            with contextlib.suppress(ValueError):
                yield from _strings_in(json.loads(value))


def _transcript(case: Case) -> Iterator[str | bytes]:
    for stream in case.cassette.streams:
        written = case.run("export", "--as", "vtt", "--interaction", str(stream.interaction))
        yield written
        yield "".join(re.sub(r"<v [^>]*>", "", line) for line in written.splitlines() if "-->" not in line)


def _notebook(case: Case) -> Iterator[str | bytes]:
    for page in [cassette_html(case.cassette), *map(stream_html, case.cassette.streams)]:
        # The player is a page in an attribute.
        yield _PROGRAM.sub("", html.unescape(page))


def _figures(case: Case) -> Iterator[str | bytes]:
    figures = [viewer.charts.calls(case.cassette), *map(viewer.charts.timeline, case.cassette.streams)]
    for figure in figures:
        found = [html.unescape(text) for text in texts_of(figure)]
        yield "\n".join(found)
        yield "".join(found)


def _chunks(case: Case) -> Iterator[str | bytes]:
    if case.cassette.streams:
        written = case.run("chunks", "--format", "jsonl")
        yield written
        yield "".join(json.loads(line)["text"] for line in written.splitlines() if line.startswith("{"))


def _diff(case: Case) -> Iterator[str | bytes]:
    plain = case.folder / "plain.sse"
    plain.write_bytes(b'data: {"choices": [{"index": 0, "delta": {"content": "Hello"}}]}\n\n')
    yield case.run("diff", str(plain), "--markdown")


def _index(case: Case) -> Iterator[str | bytes]:
    folder = case.folder / "index"
    yield case.run("index", "--to", str(folder), "--processes", "1")
    for path in sorted(folder.rglob("*.parquet")):
        yield from _parquet_texts(pq.read_table(path))


def _stats(case: Case) -> Iterator[str | bytes]:
    for by in ("model", "prompt", "provider"):
        for line in case.run("stats", "--by", by, "--json").splitlines():
            # Undo the escapes of ASCII, behind which a secret would not be found.
            yield json.dumps(json.loads(line), ensure_ascii=False) if line.startswith("{") else line


def _parquet_texts(table: Any) -> Iterator[str]:
    for name in table.column_names:
        values = [str(value) for value in table[name].to_pylist() if value is not None]
        yield "\n".join(values)
        yield "".join(values)


def _check(case: Case) -> Iterator[str | bytes]:
    sarif, junit, baseline = (case.folder / name for name in ("check.sarif", "check.xml", "baseline.json"))
    # An annotation escapes the name of the file, which the caller typed.
    annotations = case.run("check", "--github", "--sarif", str(sarif), "--junit", str(junit))
    yield re.sub("file=[^,]*", "", annotations)
    results = json.loads(sarif.read_text())["runs"][0]["results"]
    yield json.dumps([{**one, "locations": []} for one in results])
    yield re.sub('(name|file)="[^"]*"', "", html.unescape(junit.read_text())).replace(str(case.written()), "")
    yield case.run("check", "--baseline", str(baseline), "--update-baseline")
    yield "\n".join(line.partition('{"file"')[0] for line in baseline.read_text().splitlines())


def _command(case: Case) -> Iterator[str | bytes]:
    to = case.folder / "redacted"
    yield case.run("redact", "--list")
    yield case.run("redact", "--to", str(to))
    yield to.read_bytes()


OUTPUTS: dict[str, Callable[[Case], Iterator[str | bytes]]] = {
    "cassette": _cassette,
    "file": _file,
    "go-vcr": _go_vcr,
    "report": _report,
    "share": _share,
    "asciicast": _asciicast,
    "svg": _svg,
    "trace": _trace,
    "telemetry": _telemetry,
    "transcript": _transcript,
    "notebook": _notebook,
    "figures": _figures,
    "chunks": _chunks,
    "diff": _diff,
    "index": _index,
    "check": _check,
    "stats": _stats,
    "command": _command,
}
