"""Everything that may be shared of a damaged recording: its secrets are removed, and then it is written in every format.

A made-up token is planted before the damage. Unless the damage hit the token, no output may hold it.
"""

import re
import time
from collections.abc import Callable, Iterator
from random import Random

import viewer
from tests.support.fuzzing import damaged
from tests.support.planted import core, secrets_of
from viewer.comparison import compare
from viewer.comparison.markdown import as_markdown
from viewer.display.asciicast import asciicast
from viewer.display.charts.standalone import texts_of
from viewer.display.lanes import lanes_of
from viewer.display.notebook import cassette_html
from viewer.display.otlp import otlp_records, otlp_spans
from viewer.display.replay_svg import animated_svg
from viewer.display.webvtt import transcript
from viewer.library.stream_rows import COLUMNS, rows_of, to_dataframe
from viewer.redaction import Redaction, redact, redact_file

TOKEN = secrets_of("openai-key")[0].encode()
_CORE = core(TOKEN.decode()).encode()
_WHOLE_TOKEN = re.compile(rb"(?<![A-Za-z0-9])" + re.escape(TOKEN) + rb"(?![A-Za-z0-9_-])")
_TEXT = re.compile(rb'(?<=")(?=[^"\\\n]{8,}")')
_OPTIONS = Redaction(personal_paths=True, emails=True)


def damaged_with_token(round_number: int, seed: str, files: list[tuple[str, bytes]]) -> tuple[str, bytes]:
    """Return a damaged recording, as `damaged` does, with a token planted in one of the texts of each file first."""
    random = Random(f"{seed}:{round_number}:token")  # noqa: S311 - not for secrets
    return damaged(round_number, seed, [(name, _planted(data, random)) for name, data in random.sample(files, 3)])


def _planted(data: bytes, random: Random) -> bytes:
    places = [match.start() for match in _TEXT.finditer(data)]
    if not places:
        return data
    place = random.choice(places)
    return data[:place] + b" " + TOKEN + b" " + data[place:]


def redact_and_write(data: bytes, name: str = "damaged") -> float:
    """Redact a recording and write it in every format. Return the CPU time of the slowest step. Only a bug raises."""
    try:
        cassette = viewer.load(data, name)
    except viewer.CassetteError:
        return 0.0
    is_whole = bool(_CORE in data) and len(_WHOLE_TOKEN.findall(data)) == data.count(_CORE)
    slowest_s = 0.0
    for what, write in _outputs(cassette, data):
        begin = time.process_time()
        written = _written_or_refused(write, name)
        slowest_s = max(slowest_s, time.process_time() - begin)
        assert not (is_whole and _CORE in written), f"{what}: the token is left"
    return slowest_s


def _written_or_refused(write: Callable[[], bytes], name: str) -> bytes:
    """Return an output. Return the message of its refusal instead, which must name the file and give a reason."""
    try:
        return write()
    except viewer.CassetteError as error:
        refusal = error
    assert refusal.file.startswith(name)
    assert refusal.reason.strip()
    return str(refusal).encode()


def _outputs(cassette: viewer.Cassette, data: bytes) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Yield the name of each output and the function that writes it."""
    name = cassette.name
    redacted: viewer.Cassette | None = None

    def redacted_repr() -> bytes:
        nonlocal redacted
        redacted, findings = redact(cassette, _OPTIONS)
        return repr((redacted.interactions, redacted.problems, findings)).encode()

    yield "redact", redacted_repr
    yield "redact_file", lambda: redact_file(data, name, cassette=cassette)[0]
    yield "redact_file as go-vcr", lambda: redact_file(data, name, as_go_vcr=True, cassette=cassette)[0]
    yield "metrics only", lambda: redact_file(data, name, Redaction(metrics_only=True), cassette=cassette)[0]
    yield "report", lambda: viewer.report(cassette, redact=_OPTIONS, data=data).encode()
    if redacted is None:
        return
    one = redacted
    yield "notebook", lambda: cassette_html(one).encode()
    yield "calls", lambda: "\n".join(texts_of(viewer.charts.calls(one, redact=False))).encode()
    yield "spans", lambda: bytes(otlp_spans(one).text, "utf-8")
    yield "log records", lambda: bytes(otlp_records(one).text, "utf-8")
    yield "index", lambda: to_dataframe(rows_of(one, name, "", 0).streams, COLUMNS).to_csv().encode()
    # What was removed is shown as removed, so the token is looked for only in the lines of the redacted side.
    yield "diff", lambda: _lines_of_right(as_markdown(compare(cassette, one)))
    for stream in redacted.streams:
        yield "timeline", lambda stream=stream: _texts_of_timeline(stream)  # type: ignore[misc]
        yield "asciicast", lambda stream=stream: asciicast(stream).encode()  # type: ignore[misc]
        if lanes_of(stream):
            yield "svg", lambda stream=stream: animated_svg(one, stream).encode()  # type: ignore[misc]
        yield "transcript", lambda stream=stream: transcript(stream).encode()  # type: ignore[misc]


def _texts_of_timeline(stream: viewer.Stream) -> bytes:
    return "\n".join(texts_of(viewer.charts.timeline(stream, redact=False))).encode()


def _lines_of_right(markdown: str) -> bytes:
    return "\n".join(line for line in markdown.splitlines() if line.startswith("+")).encode()
