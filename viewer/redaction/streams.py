"""Redact a stream: decode it again from its redacted body, so that both agree, and keep its times."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from viewer.redaction.bodies import move_offsets, redact_body, split_body
from viewer.redaction.marks import MARK, mark_text
from viewer.redaction.rules import Rules
from viewer.redaction.texts import redact_pieces, redact_text
from viewer.redaction.units import blank_unit, redact_event
from viewer.streams.reader import DecodedStream, decode_stream, read_stream
from viewer.streams.stream import Stream
from viewer.types.chunk_table import OTHER, TOOL_CALL, Ints, text_column
from viewer.types.http import Headers, Interaction
from viewer.types.replies import ToolCall, ToolStep

# One round nearly always suffices. If not, the third blanks the events concerned and the fourth checks the result.
_MAX_ROUNDS = 4


def redact_stream(
    stream: Stream, before: Interaction, after: Interaction, rules: Rules, where: str, *, think_tags: bool = False
) -> tuple[Interaction, Stream]:
    """Redact a stream and its interaction.

    The chunks have the last word: their texts joined may hold a secret that the events of the body keep apart.

    Args:
        stream: the recorded stream.
        before: its interaction as recorded.
        after: its interaction with a redacted body.
        rules: what to redact.
        where: the place that findings name.
        think_tags: whether the cassette was opened with thinking in tags as reasoning.
    """
    unchanged = after.response.body == before.response.body
    recorded = stream.columns.text.tolist()
    # A secret that continues in another block is only whole before the body is redacted.
    whole = _redact_chunks(stream, recorded, rules, where)
    if unchanged and whole is None:
        return after, _with_redacted_model(stream, rules)
    for attempt in range(_MAX_ROUNDS):
        decoded = decode_stream(after, think_tags=think_tags)
        if decoded is None or not _has_rows_of(stream, decoded):
            break
        marked = _with_marks(decoded.reading.text, recorded, whole or recorded)
        texts = _redact_chunks(stream, marked, rules, where) or marked
        if texts == decoded.reading.text:
            return _fitted(after, before), _with_decoded(stream, decoded, rules)
        body = _redact_events(after, decoded, texts, blank=attempt == _MAX_ROUNDS - 2)
        after = replace(after, response=replace(after.response, body=body))
    opened = read_stream(_fitted(after, before), stream.interaction, think_tags=think_tags)
    if opened is not None and _only_adds_marks(stream, opened):
        texts = opened.columns.text.tolist()
        if _redact_chunks(opened, texts, rules, where) is None:
            return _fitted(after, before), _with_redacted_model(opened, rules)
    return _redact_apart(stream, before, after, rules, where)


def _only_adds_marks(stream: Stream, opened: Stream) -> bool:
    """Tell whether a redacted body only adds rows of marks. A long token in an unknown field has no row, but its marks do."""
    old, new = stream.columns, opened.columns
    kept = [
        row
        for row, (kind, text) in enumerate(zip(new.kind.tolist(), new.text.tolist(), strict=True))
        if kind != OTHER or text.strip(MARK)
    ]
    return (
        opened.protocol == stream.protocol
        and new.kind[kept].tolist() == old.kind.tolist()
        and new.tool[kept].tolist() == old.tool.tolist()
        and all(map(_fits, old.text.tolist(), new.text[kept].tolist()))
    )


def _has_rows_of(stream: Stream, decoded: DecodedStream) -> bool:
    """Tell whether a stream was decoded to the same rows again, each of the same kind and with a text of the same length."""
    columns, reading = stream.columns, decoded.reading
    return (
        reading.kind.tolist() == columns.kind.tolist()
        and reading.tool.tolist() == columns.tool.tolist()
        and all(map(_fits, columns.text.tolist(), reading.text))
    )


def _fits(old: str, new: str) -> bool:
    """Tell whether a redacted text is as long as it was. JSON that is shown as written may lose the escapes that became marks."""
    return len(new) == len(old) or (len(new) < len(old) and _is_json(old) and _is_json(new))


def _is_json(text: str) -> bool:
    """Tell whether a text looks like a whole JSON object."""
    return text.startswith("{") and text.endswith("}")


def _redact_chunks(stream: Stream, texts: list[str], rules: Rules, where: str) -> list[str] | None:
    """Redact secrets that the chunks of one choice, kind and tool hold together. Return None if there are none."""
    columns = stream.columns
    # An event that is shown as its JSON is a text of its own. What its strings hold together was searched in the body.
    apart = [
        row + 1 if kind == OTHER and _is_json(text) else 0
        for row, (kind, text) in enumerate(zip(columns.kind.tolist(), texts, strict=True))
    ]
    lane = np.stack([columns.choice, columns.kind, columns.tool, apart])
    order: Ints = np.lexsort(lane)
    _, numbers = np.unique(lane[:, order], axis=1, return_inverse=True)
    redacted = redact_pieces([texts[row] for row in order.tolist()], numbers.reshape(-1), rules, where)
    if redacted is None:
        return None
    rows = list(texts)
    for row, text in zip(order.tolist(), redacted, strict=True):
        rows[row] = text
    return rows


def _with_marks(texts: list[str], recorded: list[str], redacted: list[str]) -> list[str]:
    """Return texts with the marks that redaction put into others. A text that lost escapes was redacted in the body."""
    return [
        text
        if old == new or len(text) != len(old)
        else "".join([one if before == mark else mark for one, before, mark in zip(text, old, new, strict=True)])
        for text, old, new in zip(texts, recorded, redacted, strict=True)
    ]


def _redact_events(after: Interaction, decoded: DecodedStream, new: list[str], *, blank: bool) -> bytes:
    """Return the body with those events redacted, or blanked, whose decoded chunks differ from `new`."""
    units = split_body(after.response.content_type, after.response.body)
    texts = list(units.texts)
    # The events of this body are counted, not those of the recorded one: marks may have joined some of them.
    for event, before, redacted in zip(decoded.reading.event, decoded.reading.text, new, strict=True):
        if before != redacted:
            texts[event] = blank_unit(texts[event]) if blank else redact_event(texts[event], before, redacted)
    return b"".join(units.rebuild(texts))


def _with_decoded(stream: Stream, decoded: DecodedStream, rules: Rules) -> Stream:
    """Return a stream with the texts and replies decoded from the redacted body."""
    reading = decoded.reading
    usage = stream.usage
    if usage is not None and reading.usage is not None:
        usage = replace(usage, reported=reading.usage)
    redacted = replace(
        stream,
        columns=replace(stream.columns, text=text_column(reading.text)),
        tool_calls=reading.assembled_tool_calls(),
        tool_steps=reading.tool_steps,
        finish_reason=reading.finish_reasons.get(0),
        error=reading.error,
        usage=usage,
        model=reading.model or stream.model,
    )
    return _with_redacted_model(redacted, rules)


def _with_redacted_model(stream: Stream, rules: Rules) -> Stream:
    """Redact the model, which may come from the URL instead of the body."""
    if stream.model is None:
        return stream
    return replace(stream, model=redact_text(stream.model, rules.secrets_only(), "model", second_pass=True))


def _fitted(after: Interaction, before: Interaction) -> Interaction:
    """Make what counts the bytes of a body fit the redacted one: its content length, and where its parts arrived."""
    old, new = before.response, after.response
    if new.body == old.body:
        return after
    if old.headers.get("content-length") == str(len(old.body)):
        pairs = [(name, value) for name, value in new.headers.items() if name.lower() != "content-length"]
        headers = Headers([*pairs, ("Content-Length", str(len(new.body)))])
        after = replace(after, response=replace(new, headers=headers))
    arrivals = after.times.arrivals
    if arrivals is None or arrivals.ends is None:
        return after
    old_ends, new_ends = (split_body(one.content_type, one.body).ends for one in (old, new))
    if len(old_ends) != len(new_ends):
        return after
    ends = move_offsets(np.array(arrivals.ends, dtype=np.int64), old_ends, new_ends)
    return replace(after, times=replace(after.times, arrivals=replace(arrivals, ends=tuple(ends.tolist()))))


def _redact_apart(
    stream: Stream, before: Interaction, after: Interaction, rules: Rules, where: str
) -> tuple[Interaction, Stream]:
    """Redact the chunks by themselves and blank the body, for a redacted body that no longer decodes to the same chunks."""

    def without_secrets(text: str) -> str:
        for value in rules.ledger.removed_values():
            text = text.replace(value, mark_text(value))
        return redact_text(text, rules, where, second_pass=True)

    texts = stream.columns.text.tolist()
    units = split_body(before.response.content_type, before.response.body)
    blank = b"".join(units.rebuild([blank_unit(text) for text in units.texts]))
    # Keys are left, and may hold secrets too.
    blank = redact_body(before.response.content_type, blank, replace(rules, second_pass=True), where)
    goes = (stream.columns.kind == TOOL_CALL) | _is_in_changed_unit(stream, units.texts, after)
    gone = frozenset(stream.columns.event[goes].tolist())
    partly = _redact_chunks(stream, texts, rules, where) or texts
    rows = [
        mark_text(text) if whole else without_secrets(text) for text, whole in zip(partly, goes.tolist(), strict=True)
    ]
    error = stream.error and replace(stream.error, message=without_secrets(stream.error.message))
    redacted = replace(
        stream,
        columns=replace(stream.columns, text=text_column(rows)),
        tool_calls=[_redact_call(call, without_secrets) for call in stream.tool_calls],
        tool_steps=[
            _redact_step(step, mark_text if step.event in gone else without_secrets) for step in stream.tool_steps
        ],
        error=error,
        usage=stream.usage and replace(stream.usage, reported=None),
    )
    after = replace(after, response=replace(after.response, body=blank))
    return _fitted(after, before), _with_redacted_model(redacted, rules)


def _is_in_changed_unit(stream: Stream, recorded: list[str], after: Interaction) -> npt.NDArray[np.bool_]:
    """Return which rows come from a unit of the body that redaction changed: a row can be the unit, written with its escapes."""
    redacted = split_body(after.response.content_type, after.response.body).texts
    events = stream.columns.event
    if events.max(initial=-1) >= len(recorded):
        # A caller put the stream beside a body that it was not read from.
        return np.zeros(len(events), dtype=np.bool_)
    if len(redacted) != len(recorded):
        return np.ones(len(events), dtype=np.bool_)
    changed = np.array([new != old for old, new in zip(recorded, redacted, strict=True)], dtype=np.bool_)
    return changed[events]


def _redact_call(call: ToolCall, without_secrets: Callable[[str], str]) -> ToolCall:
    """Redact a tool call. All of its arguments go, because their keys may make a secret of any value."""
    return replace(
        call, id=without_secrets(call.id), name=without_secrets(call.name), arguments=mark_text(call.arguments)
    )


def _redact_step(step: ToolStep, redact: Callable[[str], str]) -> ToolStep:
    return replace(step, text=redact(step.text), id=redact(step.id), name=redact(step.name))
