"""What a notebook shows of a recording: its figures and texts as plain HTML, then the deck in a frame.

In a notebook that is not trusted, JupyterLab shows outputs without frames and scripts, as do sites that render notebooks. Other
hosts forbid the frame by a policy. There, only the plain HTML is shown: the frame has no height until the deck in it says that it
runs. It is sandboxed and has no origin, so the recording can reach neither the notebook nor its server. It follows the notebook's
theme.

A notebook file contains its outputs, and is sent and pushed. So secrets are removed from what is shown here. To show a cassette as
recorded:

    from IPython.display import HTML
    from viewer.display.notebook import cassette_html

    HTML(cassette_html(cassette, redact=False))

The data frames `cassette.chunks` and `stream.chunks` and the texts that `stream.text()` returns are as recorded. Those of
`viewer.redact(cassette)[0]` are not.
"""

from collections.abc import Sequence
from functools import cache

from viewer.display.assets import joined_modules
from viewer.display.deck import deck_page
from viewer.display.head import head_of
from viewer.display.lanes import lanes_of
from viewer.display.outgoing_recordings import outgoing_cassette, outgoing_stream
from viewer.display.sessions.notebook import session_html
from viewer.redaction.cassette import Redaction
from viewer.redaction.outputs import Outgoing
from viewer.streams.cassette import Cassette
from viewer.streams.stream import Stream
from viewer.text.html import escape
from viewer.text.words import NOTHING, counted, headline, marked, number
from viewer.types.problems import CassetteError

MAX_STREAMS = 20
MAX_CHARACTERS = 20_000
MAX_ASKED_CHARACTERS = 600
# A notebook file contains its outputs. A larger deck would make it slow to open.
MAX_CHUNKS = 50_000


def stream_html(stream: Stream, *, redact: bool | Redaction = True) -> str:
    """Return a stream as HTML: its story, figures and texts, and the deck in a sandboxed frame.

    Args:
        stream: the stream.
        redact: True removes secrets, False keeps everything, and a `viewer.Redaction` says what else to remove.
    """
    try:
        recording, shown = outgoing_stream(stream, redact=redact)
        return _checked(recording, _stream_html(recording.cassette, shown))
    except CassetteError as error:
        return _refusal(error)


def cassette_html(cassette: Cassette, *, redact: bool | Redaction = True) -> str:
    """Return a cassette as HTML: what it is, a row for each stream or part of a session, and the deck. `redact` is as above."""
    try:
        recording = outgoing_cassette(cassette, redact=redact)
        return _checked(recording, _cassette_html(recording.cassette))
    except CassetteError as error:
        return _refusal(error)


def _checked(recording: Outgoing, html: str) -> str:
    """Return HTML that holds no value that was removed. Raise `CassetteError` if it does."""
    recording.check(html, fixed=deck_page([], "") + _on_load())
    return html


def _refusal(error: CassetteError) -> str:
    return f"<p>{escape(str(error))}</p>"


def _stream_html(cassette: Cassette, stream: Stream) -> str:
    return _summary(cassette, stream) + _frame([stream], stream.model or stream.protocol)


def _cassette_html(cassette: Cassette) -> str:
    recorder = cassette.recorder
    contents = f"{counted(len(cassette.interactions), 'interaction')}, {counted(len(cassette.streams), 'stream')}"
    problems = f", {counted(len(cassette.problems), 'problem')}" if cassette.problems else ""
    parts = [f"<p><b>{escape(cassette.name)}</b> · {escape(recorder)} · {contents}{problems}</p>"]
    session = session_html(cassette)
    parts.append(session)
    if len(cassette.streams) == 1:
        return "".join(parts) + _stream_html(cassette, cassette.streams[0])
    shown = cassette.streams[:MAX_STREAMS]
    if shown and not session:
        head = "".join(
            f"<th>{name}</th>" for name in ("", "stream", "time to first token", "length", "input", "output", "finish")
        )
        rows = "".join(_row(stream) for stream in shown)
        parts.append(f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>")
    if len(shown) < len(cassette.streams) and not session:
        parts.append(f"<p>and {len(cassette.streams) - len(shown)} more</p>")
    parts += [f"<p>{escape(problem.message)}</p>" for problem in cassette.problems[:5] if problem.severity != "note"]
    return "".join(parts) + _frame(shown, cassette.name)


def _row(stream: Stream) -> str:
    metrics = stream.metrics
    usage = stream.usage
    tokens = (usage.input, usage.output) if usage else (None, None)
    cells = (
        str(stream.interaction),
        stream.model or stream.protocol,
        headline(metrics["ttft"]),
        marked(metrics["stream_time"]),
        *(NOTHING if one is None else number(one) for one in tokens),
        stream.finish_reason or NOTHING,
    )
    return f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in cells)}</tr>"


def _summary(cassette: Cassette, stream: Stream) -> str:
    head = head_of(cassette, stream.interaction, stream)
    asked = (
        [f"<p><b>{escape(head.asked.label)}:</b> {escape(_cut(head.asked.text, MAX_ASKED_CHARACTERS))}</p>"]
        if head.asked
        else []
    )
    alarms = [f"<p><b>{escape(alarm.title)}.</b> {escape(alarm.detail)}</p>" for alarm in head.alarms]
    rows = "".join(
        f"<tr><td>{escape(figure.label)}</td><td>{escape(figure.value)} {figure.mark}</td><td>{escape(figure.more)}</td></tr>"
        for figure in head.figures
    )
    notes = [f"<p>{escape(note)}</p>" for note in (*head.notes, head.times.text if head.times else "") if note]
    texts = [_details(kind, stream.text(kind)) for kind in ("reasoning", "content", "refusal")]
    calls = [_details(f"tool call {call.name}", call.arguments) for call in stream.tool_calls]
    table = f"<table><tbody>{rows}</tbody></table>"
    return "".join([*asked, f"<p>{escape(head.story)}</p>", *alarms, table, *notes, *texts, *calls])


def _cut(text: str, characters: int) -> str:
    return text[:characters] + (" …" if len(text) > characters else "")


def _details(label: str, content: str) -> str:
    if not content:
        return ""
    cut = _cut(content, MAX_CHARACTERS)
    style = "white-space: pre-wrap; overflow-wrap: anywhere; text-align: left"
    return f'<details><summary>{escape(label)}</summary><pre style="{style}">{escape(cut)}</pre></details>'


def _frame(streams: Sequence[Stream], title: str) -> str:
    playable = [stream for stream in streams if lanes_of(stream)]
    if not playable:
        return ""
    chunks = sum(len(stream.columns.event) for stream in playable)
    if chunks > MAX_CHUNKS:
        return f"<p>{number(chunks)} chunks are too many to play in a notebook. Use viewer.report to write a page with them.</p>"
    return (
        f'<iframe sandbox="allow-scripts" title="Replay of {escape(title)}" width="100%" height="0" frameborder="0"'
        f' style="display: block" onload="{escape(_on_load())}" srcdoc="{escape(deck_page(playable, title))}"></iframe>'
    )


@cache
def _on_load() -> str:
    """Return the handler that gives the frame its height once the deck in it runs. Until then it is not seen."""
    function = joined_modules("viewer.display", ("notebook_frame",)).replace("export ", "").strip()
    return f"({function})(this)"
