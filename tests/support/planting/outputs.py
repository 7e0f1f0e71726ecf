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
from tests.support.planting.layers import joined_by_path
from tests.support.planting.places import Recording
from viewer.cli.main import main
from viewer.comparison.comparison import compare
from viewer.comparison.markdown import as_markdown
from viewer.display.asciicast import asciicast
from viewer.display.notebook import cassette_html, stream_html
from viewer.display.webvtt import transcript
from viewer.redaction import redact_file

_INERT = re.compile(r'<script type="application/octet-stream;base64" id="\w+">([^<]*)</script>')
_PROGRAM = re.compile(r"<style.*?</style>|<script type=\"?module\"?>.*?</script>", re.DOTALL)


@dataclass
class Case:
    """A recording with a planted secret, and what several outputs need of it."""

    recording: Recording
    cassette: viewer.Cassette = field(init=False)
    redacted: viewer.Cassette = field(init=False)

    def __post_init__(self) -> None:
        self.cassette = viewer.load(self.recording.data, self.recording.name)
        self.redacted = viewer.redact(self.cassette)[0]

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

    def redacted_file(self) -> bytes:
        """Return the redacted recording in its own format, or as a go-vcr cassette if that is refused."""
        try:
            return redact_file(self.recording.data, self.recording.name, cassette=self.cassette)[0]
        except viewer.CassetteError:
            return redact_file(self.recording.data, self.recording.name, cassette=self.cassette, as_go_vcr=True)[0]


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
    yield from lane_texts(case.redacted)


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
    keys = zip(*(_unpacked(columns[name], table["count"]) for name in ("kind", "choice", "tool")), strict=True)
    lanes: dict[tuple[Any, ...], list[str]] = {}
    for key, text in zip(keys, columns["text"], strict=True):
        lanes.setdefault(key, []).append(text)
    yield "".join(columns["text"])
    yield from map("".join, lanes.values())


def _unpacked(packed: Any, count: int) -> list[Any]:
    if isinstance(packed, list):
        return packed
    if "all" in packed:
        return [packed["all"]] * count
    if "runs" in packed:
        runs = packed["runs"]
        return [value for value, times in zip(runs[::2], runs[1::2], strict=True) for _ in range(times)]
    values, before = [], 0
    for step in packed["steps"]:
        before += step or 0
        values.append(None if step is None else before)
    return values


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
    for stream in case.redacted.streams:
        written = asciicast(stream)
        yield written
        events = [json.loads(line) for line in written.splitlines()[1:]]
        # A terminal breaks lines. What a person reads there is one text.
        yield "".join(event[2] for event in events if event[1] == "o").replace("\r\n", "")


def _transcript(case: Case) -> Iterator[str | bytes]:
    for stream in case.redacted.streams:
        written = transcript(stream)
        yield written
        yield "".join(re.sub(r"<v [^>]*>", "", line) for line in written.splitlines() if "-->" not in line)


def _notebook(case: Case) -> Iterator[str | bytes]:
    for page in [cassette_html(case.redacted), *map(stream_html, case.redacted.streams)]:
        # The player is a page in an attribute.
        yield _PROGRAM.sub("", html.unescape(page))


def _chunks(case: Case) -> Iterator[str | bytes]:
    yield case.redacted.chunks.to_csv(index=False)


def _diff(case: Case) -> Iterator[str | bytes]:
    plain = viewer.load(b'data: {"choices": [{"index": 0, "delta": {"content": "Hello"}}]}\n\n', "plain")
    yield as_markdown(compare(case.redacted, plain))


def _index(case: Case) -> Iterator[str | bytes]:
    from viewer.files.folders import members
    from viewer.library.index import write_index

    folder = case.folder / "recordings"
    folder.mkdir(exist_ok=True)
    (folder / "a.yaml").write_bytes(case.redacted_file())
    for _ in write_index(members(folder), case.folder / "index"):
        pass
    for path in sorted((case.folder / "index").rglob("*.parquet")):
        table = pq.read_table(path)
        yield from _parquet_texts(table)


def _parquet_texts(table: Any) -> Iterator[str]:
    for name in table.column_names:
        values = [str(value) for value in table[name].to_pylist() if value is not None]
        yield "\n".join(values)
        yield "".join(values)


def _command(case: Case) -> Iterator[str | bytes]:
    path, to = case.written(), case.folder / "redacted"
    to.unlink(missing_ok=True)
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = main(["redact", str(path), "--to", str(to)])
        main(["redact", str(path), "--list"])
    # The name of the file is what the caller typed.
    yield (out.getvalue() + err.getvalue()).replace(str(path), "").replace(path.name, "")
    if status == 0:
        yield to.read_bytes()
    elif status != 0 and not to.exists():
        raise viewer.CassetteError(case.recording.name, err.getvalue())


OUTPUTS: dict[str, Callable[[Case], Iterator[str | bytes]]] = {
    "cassette": _cassette,
    "file": _file,
    "go-vcr": _go_vcr,
    "report": _report,
    "share": _share,
    "asciicast": _asciicast,
    "transcript": _transcript,
    "notebook": _notebook,
    "chunks": _chunks,
    "diff": _diff,
    "index": _index,
    "command": _command,
}
