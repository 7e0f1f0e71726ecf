"""LangGraph: random runs in all stream modes, against the official client's decoder and LangChain's own addition of chunks."""

import operator
from functools import reduce

import orjson
from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.language_models._compat_bridge import chunks_to_events
from langchain_core.language_models.chat_model_stream import ChatModelStream
from langchain_core.messages import AIMessageChunk, HumanMessage, ToolMessage, message_chunk_to_message
from langchain_core.outputs import ChatGenerationChunk
from langchain_core.utils.json import parse_partial_json
from langgraph_sdk.sse import BytesLineDecoder, SSEDecoder
from langgraph_sdk.stream.decoders import MessagesDecoder

import viewer

LETTERS = {"m1": "aA é", "m2": 'bB\n"', "m3": "cC{"}
"""The letters that only the message with this id has, so that its text is found among others."""
ARGUMENTS = ['{"at":"sea"}', "{}", '{"n":[1,2.5]}', '{"at":', '{"é":"\\n"}']


def made(kind, **fields):
    """Values of a model. Fields that are not given have their defaults."""
    return st.fixed_dictionaries(fields).map(lambda given: kind(**given))


def contents_of(letters):
    texts = st.text(letters, max_size=3)
    blocks = [
        st.fixed_dictionaries({"type": st.just("text"), "text": texts, "index": st.just(0)}),
        st.fixed_dictionaries({"type": st.just("thinking"), "thinking": texts, "index": st.just(1)}),
        st.fixed_dictionaries({"type": st.just("reasoning"), "reasoning": texts, "index": st.just(2)}),
    ]
    lists = st.lists(st.one_of(blocks), min_size=1, max_size=2, unique_by=lambda block: block["type"])
    # The packages of providers send either texts or blocks in one message.
    return st.lists(texts, max_size=4) | st.lists(lists, max_size=4)


@st.composite
def tool_chunks(draw, identity):
    """The pieces of parallel calls, each call in its order."""
    left = []
    # Their indices are those of blocks, which follow the texts.
    for index in range(3, 3 + draw(st.integers(0, 2))):
        arguments = draw(st.sampled_from(ARGUMENTS))
        cut = draw(st.integers(0, len(arguments)))
        first = {"name": "radar", "args": arguments[:cut], "id": f"{identity}-{index}", "index": index}
        left.append([first, {"name": None, "args": arguments[cut:], "id": None, "index": index}])
    pieces = []
    while any(left):
        call = draw(st.sampled_from([call for call in left if call]))
        pieces.append({**call.pop(0), "type": "tool_call_chunk"})
    return pieces


@st.composite
def messages(draw, identity):
    """One message in chunks, as providers' packages make them: text, pieces of calls, usage, the finish reason."""
    contents = draw(contents_of(LETTERS[identity]))
    chunks = [AIMessageChunk(content=content, id=identity) for content in contents]
    pieces = draw(tool_chunks(identity))
    chunks += [AIMessageChunk(content="", id=identity, tool_call_chunks=[piece]) for piece in pieces]
    counts = [draw(st.integers(0, 99)) for _ in range(4)]
    usage = {
        "input_tokens": counts[0] + counts[2],
        "output_tokens": counts[1] + counts[3],
        "total_tokens": sum(counts),
        "input_token_details": {"cache_read": counts[2]},
        "output_token_details": {"reasoning": counts[3]},
    }
    end = {"finish_reason": draw(st.sampled_from(["stop", "tool_calls"])), "model_name": "gpt-x"}
    last = AIMessageChunk(content="", id=identity, response_metadata=end, chunk_position="last")
    if draw(st.booleans()):
        last.usage_metadata = usage
    return [*chunks, last]


@st.composite
def runs(draw):
    """The events of one run: the chunks of several messages, interleaved as those of subgraphs are, and the modes that repeat them."""
    left = [draw(messages(identity)) for identity in list(LETTERS)[: draw(st.integers(1, 3))]]
    asked, events, done, so_far = HumanMessage("?", id="h"), [], [], {}
    modes = draw(st.sets(st.sampled_from(["updates", "values", "messages/partial", "messages/complete", "tasks"])))
    name = draw(st.sampled_from(["messages", "messages|tools:1"]))
    keeps_chunks = draw(st.booleans())
    for_chunks = not modes & {"values", "updates", "messages/partial"} or draw(st.booleans())
    if "values" in modes:
        events.append(("values", {"messages": [asked]}))
    while any(left):
        chunks = draw(st.sampled_from([chunks for chunks in left if chunks]))
        piece = chunks.pop(0)
        so_far[piece.id] = so_far[piece.id] + piece if piece.id in so_far else piece
        # A node may return the sum of chunks as it is.
        whole = so_far[piece.id] if keeps_chunks else message_chunk_to_message(so_far[piece.id])
        if for_chunks:
            events.append((name, [piece, {"langgraph_node": "agent", "ls_model_name": "gpt-x"}]))
        if "messages/partial" in modes:
            events.append(("messages/partial", [whole]))
        if chunks:
            continue
        done.append(whole)
        answers = [
            ToolMessage(f"{call['id']}!", tool_call_id=call["id"], id=f"t{call['id']}") for call in whole.tool_calls
        ]
        done += answers
        repeated = {
            "messages/complete": [whole],
            "updates": {"agent": {"messages": [whole]}},
            "values": {"messages": [asked, *done]},
            "tasks": {"id": "1", "name": "agent", "error": None, "result": [["messages", [whole]]]},
        }
        events += [(mode, repeated[mode]) for mode in sorted(modes & repeated.keys())]
        if "updates" in modes and answers:
            events.append(("updates", {"tools": {"messages": answers}}))
    return events, list(so_far.values())


def written(events):
    """As LangGraph's server writes events: models are dumped whole."""
    frames = [("metadata", {"run_id": "1", "attempt": 1}), *events]
    lines = [
        f"event: {name}\r\ndata: ".encode() + orjson.dumps(data, default=lambda one: one.model_dump())
        for name, data in frames
    ]
    return b"\r\n\r\n".join([*lines, b""])


def decoded(body):
    """What the official client gives to its caller."""
    lines, decoder = BytesLineDecoder(), SSEDecoder()
    return [part for part in map(decoder.decode, map(bytes, lines.decode(body))) if part]


def of_letters(text, letters):
    return "".join(letter for letter in text if letter in letters)


def reasoning_of(message):
    blocks = message.content if isinstance(message.content, list) else []
    found = [(block.get("index"), block.get(block.get("type"))) for block in blocks if isinstance(block, dict)]
    return "".join(text for index, text in sorted(found, key=str) if index in (1, 2))


@settings(max_examples=50)
@given(runs())
def test_what_langchain_adds_up_is_read(run):
    events, wholes = run
    body = written(events)
    parts = decoded(body)
    assert [part.event for part in parts[1:]] == [name for name, _ in events]
    streamed = [AIMessageChunk(**part.data[0]) for part in parts if part.event.split("|")[0] == "messages"]
    if streamed:
        by_id = {one.id: [other for other in streamed if other.id == one.id] for one in streamed}
        assert [reduce(operator.add, chunks) for chunks in by_id.values()] == wholes

    stream = viewer.load(body).streams[0]

    assert stream.protocol == "langgraph"
    for whole in wholes:
        assert of_letters(stream.text(), LETTERS[whole.id]) == whole.text
        assert sorted(of_letters(stream.text("reasoning"), LETTERS[whole.id])) == sorted(reasoning_of(whole))
    expected = {call["id"]: call["args"] for whole in wholes for call in [*whole.tool_calls, *whole.invalid_tool_calls]}
    assert {call.id: arguments(call.arguments, expected.get(call.id)) for call in stream.tool_calls} == expected
    ended = [whole.response_metadata["finish_reason"] for whole in wholes]
    assert stream.finish_reason in ended
    totals = [whole.usage_metadata["total_tokens"] for whole in wholes if whole.usage_metadata]
    assert (stream.usage.total if stream.usage else None) == (sum(totals) if totals else None)
    assert [one.message for one in stream.problems if "unknown" in one.message] == []


def in_blocks(chunks, namespace):
    """The events of the agent protocol for the chunks of a message, as LangChain makes them."""
    generated = [ChatGenerationChunk(message=chunk) for chunk in chunks]
    for data in chunks_to_events(iter(generated), message_id=chunks[0].id):
        params = {"namespace": namespace, "timestamp": 1760000000000, "data": data}
        yield {"type": "event", "method": "messages", "params": params}


def interleaved(draw, parts):
    """The events of several parts, each part in its order."""
    left = [list(part) for part in parts]
    while waiting := [part for part in left if part]:
        yield draw(st.sampled_from(waiting)).pop(0)


@st.composite
def protocol_runs(draw):
    """Messages of the graph and of its subgraphs, as events of the agent protocol."""
    identities = list(LETTERS)[: draw(st.integers(1, 3))]
    parts = [in_blocks(draw(messages(one)), [f"tools:{one}"] if place else []) for place, one in enumerate(identities)]
    ends = [("lifecycle", {"event": "completed"}), ("lifecycle", {"event": "failed", "error": "No more."})]
    method, data = draw(st.sampled_from(ends))
    events = [*interleaved(draw, parts), {"type": "event", "method": method, "params": {"namespace": [], "data": data}}]
    return [{**event, "seq": place} for place, event in enumerate(events)]


@settings(max_examples=40)
@given(protocol_runs())
def test_what_the_client_makes_of_content_blocks_is_read(events):
    body = b"".join(b"data: " + orjson.dumps(event) + b"\n\n" for event in events)
    received = [part.data for part in decoded(body)]
    namespaces = {tuple(event["params"]["namespace"]) for event in received}
    made = {"stream_factory": lambda message_id, **_: ChatModelStream(message_id=message_id)}
    decoders = [MessagesDecoder(list(namespace), **made) for namespace in namespaces]
    heard = [one for decoder in decoders for one in [found for event in received for found in decoder.feed(event)]]

    stream = viewer.load(body).streams[0]

    assert stream.protocol == "langgraph"
    outputs = [one.output for one in heard]
    for output in outputs:
        assert of_letters(stream.text(), LETTERS[output.id]) == output.text
        blocks = [block.get("reasoning") or block.get("thinking") or "" for block in output.content_blocks]
        assert sorted(of_letters(stream.text("reasoning"), LETTERS[output.id])) == sorted("".join(blocks))
    calls = [call for output in outputs for call in [*output.tool_calls, *output.invalid_tool_calls]]
    expected = {call["id"]: call["args"] for call in calls}
    assert {call.id: arguments(call.arguments, expected.get(call.id)) for call in stream.tool_calls} == expected
    totals = [output.usage_metadata["total_tokens"] for output in outputs if output.usage_metadata]
    assert (stream.usage.total if stream.usage else None) == (sum(totals) if totals else None)
    failed = received[-1]["params"]["data"]["event"] == "failed"
    assert (stream.complete, stream.error and stream.error.message) == (not failed, "No more." if failed else None)
    assert [one.message for one in stream.problems if "unknown" in one.message] == []


def arguments(text, like):
    """The arguments of a call, parsed unless LangChain could not parse them."""
    return text if isinstance(like, str) else parse_partial_json(text or "{}")
