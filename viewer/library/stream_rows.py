"""The `streams` table of many recordings: one row for each stream, answer that was not streamed, or error.

| column | dtype, unit | meaning |
|---|---|---|
| name | string | path of the recording, as in `viewer.files.entries.Member.name` |
| sha256, size_bytes | string, int64 bytes | of the file as it is stored |
| format | string | the recorder |
| interaction | int32 | index into `cassette.interactions` |
| kind | category | `stream`, `answer` (not streamed) or `error` (the server refused) |
| protocol, provider, model | string | missing if not known |
| status | Int32 | of the HTTP response |
| recorded_at | datetime64[ms, UTC] | by the server's stamps, the recorder or the Date header |
| grade | category | how the arrival times of the stream's chunks are known |
| ttft_s, ttft_low_s, ttft_high_s | float64, s | request to first content or reasoning: value and hard bounds |
| ttft_grade | category | how it is known; never `paced` |
| length_s, length_low_s, length_high_s | float64, s | first to last chunk: value and hard bounds |
| length_grade | category | how it is known; never `paced` |
| chunks | Int32 | rows of the chunk table; missing if nothing was streamed |
| tool_calls | int32 | |
| input_tokens, output_tokens | Int64 | input includes cache, output includes reasoning |
| reasoning_tokens, hidden_tokens | Int64 | part of the output; hidden tokens are the reasoning that the stream does not show |
| cache_read_tokens, cache_write_tokens | Int64 | part of the input |
| cost_usd | float64, US dollars | missing if it is not known |
| cost_is_estimate | boolean | whether it is calculated from list prices, not reported by the provider |
| finish_reason, error | string | as the provider wrote them; missing if there is none |
| complete | boolean | whether the stream reached its end |
| problems | int32 | how many problems the interaction and the whole file have |
| opening | string | the first words of the text, otherwise of the reasoning or the tool calls |
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import pandas as pd

from viewer.conversation.requests import read_request
from viewer.protocols.provider import model_of, provider_of
from viewer.streams.answer import FIRST_ERROR_STATUS, Answer
from viewer.streams.cassette import Cassette
from viewer.streams.chunk_frame import GRADE_DTYPE
from viewer.streams.cost import NO_ANSWER, Cost
from viewer.streams.hidden_reasoning import HiddenReasoning
from viewer.streams.recorded_at import recorded_at_s
from viewer.streams.stream import Stream
from viewer.text.safe import well_formed
from viewer.types.chunk_table import KINDS, distinct
from viewer.types.http import Interaction
from viewer.types.measure import Measure
from viewer.types.replies import ToolCall
from viewer.types.usage import Usage

ROW_KINDS = ("stream", "answer", "error")
COLUMNS: dict[str, Any] = {
    "name": "string",
    "sha256": "string",
    "size_bytes": "int64",
    "format": "string",
    "interaction": "int32",
    "kind": pd.CategoricalDtype(list(ROW_KINDS)),
    "protocol": "string",
    "provider": "string",
    "model": "string",
    "status": "Int32",
    "recorded_at": "datetime64[ms, UTC]",
    "grade": GRADE_DTYPE,
    "ttft_s": "float64",
    "ttft_low_s": "float64",
    "ttft_high_s": "float64",
    "ttft_grade": GRADE_DTYPE,
    "length_s": "float64",
    "length_low_s": "float64",
    "length_high_s": "float64",
    "length_grade": GRADE_DTYPE,
    "chunks": "Int32",
    "tool_calls": "int32",
    "input_tokens": "Int64",
    "output_tokens": "Int64",
    "reasoning_tokens": "Int64",
    "hidden_tokens": "Int64",
    "cache_read_tokens": "Int64",
    "cache_write_tokens": "Int64",
    "cost_usd": "float64",
    "cost_is_estimate": "boolean",
    "finish_reason": "string",
    "error": "string",
    "complete": "boolean",
    "problems": "int32",
    "opening": "string",
}
TEXT_COLUMNS: dict[str, Any] = {
    "name": "string",
    "interaction": "int32",
    "content": "string",
    "reasoning": "string",
    "tools": "string",
    "request": "string",
    "asked": "string",
}
"""The searchable texts, one row for each row of `streams`. `tools` has the names and arguments of tool calls.

`asked` is not searched: the first words of what was asked, for a row whose `opening` is empty.
"""

_OPENING_CHARACTERS = 200
# 1970 to 2099. A recorded time outside is nonsense, and may not fit a timestamp.
_EARLIEST_S, _LATEST_S = 0.0, 4.1e9
# What an Int32 column cannot hold.
_STATUS_LIMIT = 1 << 31

Row = Mapping[str, Any]


class RecordingRows(NamedTuple):
    """What one recording adds to the tables `streams` and `texts`, row by row."""

    streams: list[Row]
    texts: list[Row]


class _InteractionRow(NamedTuple):
    """What one interaction adds, without the columns that come from its file."""

    stream: Row
    texts: Row


def rows_of(cassette: Cassette, name: str, sha256: str, size_bytes: int) -> RecordingRows:
    """Return the rows of one recording, given the digest and size of its file."""
    streams = {stream.interaction: stream for stream in cassette.streams}
    answers = cassette.answers
    rows = RecordingRows([], [])
    for index, interaction in enumerate(cassette.interactions):
        found = _row_of(interaction, streams.get(index), answers.get(index))
        if found is None:
            continue
        problems = sum(problem.interaction in (index, None) for problem in cassette.problems)
        file = {"name": name, "sha256": sha256, "size_bytes": size_bytes, "format": cassette.format}
        rows.streams.append({**file, "interaction": index, "problems": problems, **found.stream})
        request = interaction.request.body.decode(errors="replace")
        asked = "" if found.stream["opening"] else _asked(interaction)
        rows.texts.append({"name": name, "interaction": index, "request": request, "asked": asked, **found.texts})
    return rows


def _row_of(interaction: Interaction, stream: Stream | None, answer: Answer | None) -> _InteractionRow | None:
    """Return the row and texts of one interaction, or None if it is not a model's answer."""
    if stream is not None:
        return _row_of_stream(stream, interaction)
    status = interaction.response.status
    is_http_error = status is not None and status >= FIRST_ERROR_STATUS
    if answer is None and not is_http_error:
        return None
    at_s, cost = (answer.recorded_at_s, answer.cost) if answer else (recorded_at_s(interaction), NO_ANSWER)
    answer = answer or Answer("", None, "", "", [], None, None, None)
    error = str(answer.error) if answer.error else None
    if is_http_error:
        error = error or f"{status} {interaction.response.reason}".strip()
    model = answer.model or model_of(interaction.request.url)
    provider = provider_of(interaction.request.url, model)
    row = {
        "kind": "error" if error else "answer",
        "protocol": answer.protocol or None,
        "complete": not error,
        **_common(interaction, provider, model, at_s, cost),
        **_counts(answer.usage, None),
        **_ending(answer.finish_reason, error, answer.text, answer.reasoning, answer.tool_calls),
    }
    return _InteractionRow(row, _texts(answer.text, answer.reasoning, answer.tool_calls))


def _row_of_stream(stream: Stream, interaction: Interaction) -> _InteractionRow:
    content, reasoning = _text_of_choices(stream, "content"), _text_of_choices(stream, "reasoning")
    row = {
        "kind": "stream",
        "protocol": stream.protocol,
        "grade": stream.timing.grade,
        "chunks": len(stream.columns.event),
        "complete": stream.complete,
        **_common(interaction, stream.provider, stream.model, stream.recorded_at_s, stream.cost),
        **_time("ttft", stream.metrics["ttft"]),
        **_time("length", stream.metrics["stream_time"]),
        **_counts(stream.usage, stream.hidden),
        **_ending(
            stream.finish_reason,
            str(stream.error) if stream.error else None,
            content,
            reasoning,
            stream.tool_calls,
        ),
    }
    return _InteractionRow(row, _texts(content, reasoning, stream.tool_calls))


def _text_of_choices(stream: Stream, kind: str) -> str:
    # The columns, because making the table of chunks takes longer than reading many a stream.
    choices = stream.columns.choice[stream.columns.kind == KINDS.index(kind)]
    return "\n".join(stream.text(kind, choice) for choice in distinct(choices))


def _common(
    interaction: Interaction, provider: str | None, model: str | None, at_s: float | None, cost: Cost
) -> dict[str, Any]:
    status = interaction.response.status
    return {
        "provider": provider,
        "model": model,
        "status": status if status is not None and abs(status) < _STATUS_LIMIT else None,
        "recorded_at": round(at_s * 1000) if at_s is not None and _EARLIEST_S < at_s < _LATEST_S else None,
        "cost_usd": cost.usd,
        "cost_is_estimate": None if cost.usd is None else cost.is_estimate,
    }


def _time(what: str, measure: Measure) -> dict[str, Any]:
    return {
        f"{what}_s": measure.value,
        f"{what}_low_s": measure.low,
        f"{what}_high_s": measure.high,
        f"{what}_grade": measure.grade,
    }


def _counts(usage: Usage | None, hidden: HiddenReasoning | None) -> dict[str, Any]:
    usage = usage or Usage()
    return {
        "input_tokens": usage.input,
        "output_tokens": usage.output,
        "reasoning_tokens": usage.reasoning,
        "hidden_tokens": hidden.tokens if hidden else None,
        "cache_read_tokens": usage.cache_read,
        "cache_write_tokens": usage.cache_write,
    }


def _ending(
    finish_reason: str | None, error: str | None, content: str, reasoning: str, calls: Sequence[ToolCall]
) -> dict[str, Any]:
    text = content or reasoning or _calls(calls)
    return {
        "finish_reason": finish_reason,
        "error": error,
        "tool_calls": len(calls),
        "opening": _first_words(text),
    }


def _first_words(text: str) -> str:
    return " ".join(text[: 2 * _OPENING_CHARACTERS].split())[:_OPENING_CHARACTERS]


def _asked(interaction: Interaction) -> str:
    """Return the first words of the last message of the user. Reading a request takes long next to what most rows need."""
    messages = read_request(interaction.request).messages
    texts = (part.text for message in reversed(messages) if message.role == "user" for part in message.parts)
    return _first_words(next(filter(None, texts), ""))


def _texts(content: str, reasoning: str, calls: Sequence[ToolCall]) -> Row:
    return {"content": content, "reasoning": reasoning, "tools": _calls(calls)}


def _calls(calls: Sequence[ToolCall]) -> str:
    return "\n".join(f"{call.name} {call.arguments}" for call in calls)


def to_dataframe(rows: Iterable[Row], columns: Mapping[str, Any]) -> pd.DataFrame:
    """Return rows as a table with the given columns and dtypes. All text can be encoded as UTF-8."""
    listed = list(rows)
    return pd.DataFrame(
        {column: _column([row.get(column) for row in listed], dtype) for column, dtype in columns.items()}
    )


def _column(values: list[Any], dtype: Any) -> "pd.Series[Any]":
    if dtype == "string":
        return pd.Series(list(_well_formed(values)), dtype="string")
    if str(dtype).startswith("datetime64"):
        times: pd.Series[Any] = pd.to_datetime(pd.Series(values, dtype="Int64"), unit="ms", utc=True).astype(dtype)
        return times
    column: pd.Series[Any] = pd.Series(values, dtype=dtype)
    return column


def _well_formed(values: Iterable[str | None]) -> Iterator[str | None]:
    return (None if value is None else well_formed(value) for value in values)
