"""A summary of one interaction for a terminal."""

from collections.abc import Iterator

from viewer.display.head import Head, head_of
from viewer.display.headline import check_result, usage_counts
from viewer.streams.answer import Answer
from viewer.streams.cassette import Cassette
from viewer.streams.cost import Cost
from viewer.streams.stream import Stream
from viewer.text.ansi import BOLD, DIM, RED, Paint, painter
from viewer.text.safe import visible
from viewer.text.words import LABELS, MARKS, NOTHING, bounds, dollars, explain_grade, marked, number
from viewer.types.chunk_table import GRADES
from viewer.types.measure import Measure
from viewer.types.problems import Problem
from viewer.types.usage import Usage, check_arithmetic

_MAX_ASKED_CHARACTERS = 300
_LABEL_COLUMNS, _VALUE_COLUMNS = 28, 18
_STOPS = (".", "!", "?", "…", "。", "！", "？")


def summary(cassette: Cassette, index: int, *, coloured: bool) -> str:
    """Return the story, figures with grade and bounds, usage, checks, cost and problems of one interaction."""
    paint = painter(coloured=coloured)
    stream = cassette.stream_of(index)
    lines = [*(_stream(cassette, stream, paint) if stream else _response(cassette, index, paint))]
    problems = [problem for problem in cassette.problems if problem.interaction in (index, None)]
    if problems:
        lines += ["", paint("Problems", BOLD), *(_problem(problem, paint) for problem in problems)]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _stream(cassette: Cassette, stream: Stream, paint: Paint) -> Iterator[str]:
    head = head_of(cassette, stream.interaction, stream)
    yield from _head(head, paint)
    yield ""
    yield paint("Figures", BOLD)
    yield from _figures(stream, paint)
    if stream.timing.grade == "paced" and head.times:
        yield f"  {paint(head.times.text, DIM)}"
    yield ""
    yield paint("Tokens", BOLD)
    yield from _usage(stream.usage, stream.provider, paint)
    if stream.hidden:
        yield _row("hidden reasoning", number(stream.hidden.tokens), "reported, but not in the stream", paint)
    yield from _cost(stream.cost, paint)


def _head(head: Head, paint: Paint) -> Iterator[str]:
    """Yield who answered, what was asked, what happened, and what went wrong."""
    yield f"{paint(head.title, BOLD)}  {paint(head.source, DIM)}"
    if head.asked:
        asked = " ".join(head.asked.text[:_MAX_ASKED_CHARACTERS].split())
        cut = " …" if len(head.asked.text) > _MAX_ASKED_CHARACTERS else ""
        yield f"{paint(head.asked.label + ':', DIM)} {paint(asked + cut, '')}"
    if head.story:
        yield paint(head.story, "")
    for alarm in head.alarms:
        place = "" if alarm.event is None else f" (event {alarm.event:,})"
        yield paint(
            f"{alarm.title}{f': {alarm.detail}' if alarm.detail else ''}{place}", RED if alarm.tone == "error" else ""
        )


def _cost(cost: Cost, paint: Paint) -> Iterator[str]:
    yield ""
    yield paint("Cost", BOLD)
    yield _row("US dollars", NOTHING if cost.usd is None else dollars(cost.usd), cost.source, paint)


def _figures(stream: Stream, paint: Paint) -> Iterator[str]:
    """Yield the figures that the recording supports, and what the marks mean."""
    for name, measure in stream.metrics.items():
        if measure.grade:
            yield _figure(LABELS.get(name, name), measure, paint)
    grades = {measure.grade for measure in stream.metrics.values()} | {stream.timing.grade}
    for grade in GRADES:
        if grade in grades:
            yield paint(f"  {MARKS[grade]} {explain_grade(grade)}", DIM)


def _figure(label: str, measure: Measure, paint: Paint) -> str:
    more = " · ".join(part for part in (bounds(measure), measure.source) if part)
    return _row(label, marked(measure), more, paint)


def _usage(usage: Usage | None, provider: str | None, paint: Paint) -> Iterator[str]:
    if usage is None:
        yield "  " + paint("no usage is reported", "")
        return
    for name, count in usage_counts(usage).items():
        if count is not None:
            yield _row(name, number(count), "", paint)
    yield from _arithmetic(usage, provider, paint)


def _arithmetic(usage: Usage, provider: str | None, paint: Paint) -> Iterator[str]:
    """Yield whether the reported numbers add up, and each identity once."""
    arithmetic = check_arithmetic(usage, provider)
    if arithmetic.adds_up:
        yield "  " + paint("Adds up:", "")
    else:
        yield "  " + paint(arithmetic.text, "" if arithmetic.adds_up is None else RED)
    for check in usage.checks:
        # The sentence names the identity that is off by most.
        if check.passed or check.figures not in arithmetic.text:
            result = "" if check.passed else f", {check_result(check)}"
            figures, name = check.figures.ljust(_LABEL_COLUMNS - 3), f"{check.name}{result}"
            yield f"    {paint(figures, '' if check.passed else RED)} {paint(name, DIM)}"


def _response(cassette: Cassette, index: int, paint: Paint) -> Iterator[str]:
    """Yield what is known of a response that is not a stream."""
    answer = cassette.answers.get(index)
    yield from _head(head_of(cassette, index, answer), paint)
    if answer is None or answer.error is not None:
        # The problems say why there is no stream.
        return
    yield from _answer(answer, paint)
    yield ""
    yield paint("Tokens", BOLD)
    yield from _usage(answer.usage, answer.provider, paint)
    if answer.usage:
        yield from _cost(answer.cost, paint)


def _answer(answer: Answer, paint: Paint) -> Iterator[str]:
    for text, style in ((answer.reasoning, DIM), (answer.text, "")):
        if text:
            yield ""
            yield from (paint(line, style) for line in visible(text).split("\n"))
    for call in answer.tool_calls:
        yield ""
        yield paint(f"{call.name}({call.arguments})", "")


def _problem(problem: Problem, paint: Paint) -> str:
    place = f" (byte {problem.offset:,})" if problem.offset is not None else ""
    style = RED if problem.severity == "error" else ""
    # A message that ends with the provider's words may lack a full stop.
    stop = "" if problem.message.endswith(_STOPS) else "."
    return f"  {paint(f'{problem.severity}: {problem.message}{stop}{place}', style)} {paint(problem.advice, DIM)}"


def _row(label: str, value: str, more: str, paint: Paint) -> str:
    return f"  {paint(label.ljust(_LABEL_COLUMNS), '')}{paint(value.ljust(_VALUE_COLUMNS), '')} {paint(more, DIM)}"
