"""Recorded WebSocket sessions, read by real clients: `websockets`, and OpenAI's SDK."""

import json
import math
import time
from contextlib import closing, contextmanager
from http.client import HTTPConnection

import openai
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

import viewer
from viewer.playback.app import playback_app
from viewer.playback.faults.grammar import parse_faults
from viewer.playback.playable import playables_of
from viewer.playback.running import run_in_thread
from viewer.playback.sockets.index import SocketIndex

PATH = "/v1/realtime?model=gpt-realtime"
URL = f"wss://api.openai.com{PATH}"
CREATED = {"type": "session.created"}
UPDATE = {"type": "session.update", "session": {"instructions": "Be brief."}}
UPDATED = {"type": "session.updated"}
ASK = {"type": "response.create"}
DELTAS = [{"type": "response.output_text.delta", "delta": text} for text in ("Ol", "á", "!")]
DONE = {"type": "response.done", "response": {"status": "completed"}}
# A session as cassetter records it: direction, message, milliseconds since the connection.
TALK = [
    ("recv", CREATED, 20),
    ("send", UPDATE, 30),
    ("recv", UPDATED, 60),
    ("send", ASK, 70),
    *(("recv", delta, 170 + 50 * index) for index, delta in enumerate(DELTAS)),
    ("recv", DONE, 320),
]
ANSWERS = [message for direction, message, _ in TALK if direction == "recv"]


def frame(direction, message, at_ms):
    if isinstance(message, bytes):
        return {"direction": direction, "frame_type": "binary", "offset_ms": at_ms} | {
            "body": {"type": "binary", "content": message.hex()}
        }
    text = message if isinstance(message, str) else json.dumps(message)
    body = {"type": "text", "content": text}
    return {"direction": direction, "frame_type": "text", "offset_ms": at_ms, "body": body}


def close(code, at_ms, direction="recv"):
    body = {"type": "binary", "content": code.to_bytes(2).hex()}
    return {"direction": direction, "frame_type": "close", "offset_ms": at_ms, "body": body}


def recording(*frames, url=URL):
    written = [one if isinstance(one, dict) else frame(*one) for one in frames]
    tree = {"version": 1, "ws_interactions": [{"uri": url, "headers": {}, "frames": written}]}
    return viewer.load(json.dumps(tree).encode(), "talk.yaml")


@contextmanager
def served(*cassettes, speed=math.inf, log=None, redaction=None):
    """Serve cassettes, and yield the address for WebSockets. `log` gets the lines."""
    playables = [playable for cassette in cassettes for playable in playables_of(cassette, redaction)]
    app = playback_app(playables, speed=speed, log=(log if log is not None else []).append)
    with run_in_thread(app, 0) as running:
        yield running.url.replace("http", "ws")


def receive_all(socket):
    """Return all messages until the connection is closed, and the code with which it is."""
    received = []
    try:
        while True:
            received.append(socket.recv(timeout=5))
    except ConnectionClosed as closed:
        return received, closed.rcvd and closed.rcvd.code


def talk(url, session):
    """Read a session as the recorded client did: each message is sent after those that it had received."""
    received = []
    with connect(url, max_size=None) as socket:
        place = 0
        for message in session.server:
            for event in session.client[place : message.after]:
                socket.send(event.value if isinstance(event.value, bytes) else json.dumps(event.value))
            place = max(place, message.after)
            received.append(socket.recv(timeout=5))
        for event in session.client[place:]:
            socket.send(json.dumps(event.value))
        return received, *receive_all(socket)


def test_every_session_of_the_corpus_is_read_as_recorded(shared):
    cassettes = [viewer.load(path) for path in sorted((shared / "corpus" / "other-ws-yaml").rglob("*.yaml"))]
    sessions = [one for cassette in cassettes for playable in playables_of(cassette, None) for one in playable.sessions]
    assert len(sessions) > len(cassettes) > 40
    log = []
    # Without paths, all fit any: they are played in their order.
    with served(*cassettes, log=log) as url:
        for session in sessions:
            received, more, code = talk(url + PATH, session)
            assert [json.loads(one) for one in received] == [event_of(one) for one in session.server], session.place
            assert (more, code) == ([], session.close_code or 1000)
    assert not [line for line in log if "differ" in line or "late" in line]
    bodies = [cassette.interactions[0].response.body for cassette in cassettes]
    recorded = [json.loads(line) for body in bodies for line in body.splitlines()]
    assert [event_of(one) for session in sessions for one in session.server] == recorded


def event_of(message):
    return json.loads(message.content)


# The SDK itself opens the connection in the way that `websockets` warns of.
@pytest.mark.filterwarnings("ignore:connect.. must be used as a context manager:DeprecationWarning")
def test_openai_realtime_client_reads_a_session_and_calls_its_tool(shared):
    name = "test_openai_ws/test_tool_call_round.yaml"
    [path] = [path for path in (shared / "corpus" / "other-ws-yaml").rglob("*.yaml") if path.as_posix().endswith(name)]
    cassette = viewer.load(path)
    kinds = [json.loads(line)["type"] for line in cassette.interactions[0].response.body.splitlines()]

    seen, text = [], ""
    with served(cassette) as url:
        client = openai.OpenAI(api_key="none", websocket_base_url=f"{url}/v1")
        with client.realtime.connect(model="gpt-realtime") as connection:
            connection.session.update(session={"type": "realtime"})
            connection.conversation.item.create(item={"type": "message", "role": "user", "content": []})
            connection.response.create()
            for event in connection:
                seen.append(event.type)
                if event.type == "response.function_call_arguments.done":
                    item = {"type": "function_call_output", "call_id": event.call_id, "output": "{}"}
                    connection.conversation.item.create(item=item)
                    connection.response.create()
                if event.type in ("response.output_text.delta", "response.output_audio_transcript.delta"):
                    text += event.delta
    assert seen == kinds
    [stream] = cassette.streams
    assert text == stream.text() + stream.text("audio") != ""


def lateness_s(attempt, count=3):
    """Return the least lateness of some attempts: any of them can be late because the machine was busy."""
    return min(max(abs(came - due) for came, due in attempt()) for _ in range(count))


@pytest.mark.alone
def test_messages_come_at_their_recorded_times_after_those_of_the_client():
    def attempt():
        """Yield when each message came, and when it was due."""
        with connect(url + PATH) as socket:
            opened_s = time.perf_counter()
            socket.recv(timeout=5)
            # The client knows later than the server that it is connected.
            yield min(time.perf_counter(), opened_s + 0.02), opened_s + 0.02
            time.sleep(0.1)
            for message, reactions_s in ((UPDATE, [0.03]), (ASK, [0.1, 0.15, 0.2, 0.25])):
                # The client answers at once, and not after 10 ms as recorded.
                socket.send(json.dumps(message))
                sent_s = time.perf_counter()
                for reaction_s in reactions_s:
                    socket.recv(timeout=5)
                    yield time.perf_counter(), sent_s + reaction_s

    with served(recording(*TALK, close(1000, 330)), speed=1) as url:
        assert lateness_s(attempt) < 0.01


@pytest.mark.alone
def test_at_four_times_the_speed_gaps_are_a_quarter():
    frames = [("recv", DONE, at_ms) for at_ms in (100, 300, 700)]

    def attempt():
        with connect(url + PATH) as socket:
            assert socket.response.headers["cassette-viewer-times"] == "measured; at 4 times the speed"
            arrived = [socket.recv(timeout=5) and time.perf_counter() for _ in frames]
            return [(one - arrived[0], due_s) for one, due_s in zip(arrived, (0, 0.05, 0.15), strict=True)]

    with served(recording(*frames), speed=4) as url:
        assert lateness_s(attempt) < 0.01


def test_text_bytes_and_json_of_either_kind_are_served_as_they_were():
    messages = ['{"a":1}', "plain\ntext", '"quoted"', b"\x00\xff", b'{"setupComplete": {}}', ""]
    with served(recording(*(("recv", one, 5) for one in messages))) as url, connect(url + PATH) as socket:
        assert receive_all(socket) == (messages, 1000)


def test_huge_messages_of_both_sides_pass_whole():
    # The SDKs allow any size. The `websockets` package and uvicorn do not, unless told so.
    answer = json.dumps({"type": "response.output_audio.delta", "delta": "A" * (2 << 20)})
    audio = {"type": "input_audio_buffer.append", "audio": "AAAA"}
    frames = [("send", audio, 4), ("recv", answer, 5)]
    with served(recording(*frames)) as url, connect(url + PATH, max_size=None) as socket:
        socket.send(json.dumps({**audio, "audio": "A" * (17 << 20)}))
        assert receive_all(socket) == ([answer], 1000)


@pytest.mark.parametrize("code", [1000, 1011, 4001])
def test_the_connection_is_closed_with_the_recorded_code(code):
    with served(recording(("recv", DONE, 5), close(code, 9))) as url, connect(url + PATH) as socket:
        assert receive_all(socket) == ([json.dumps(DONE)], code)


def test_a_client_that_sends_nothing_gets_what_came_unasked_and_no_more():
    log = []
    with served(recording(*TALK), log=log) as url:
        with connect(url + PATH) as socket:
            assert json.loads(socket.recv(timeout=5)) == CREATED
            with pytest.raises(TimeoutError):
                socket.recv(timeout=1.2)
        wait_for(log, 2)
    assert log[0].endswith(
        "message 1 of the client (session.update), which came next when this was recorded, is waited for"
    )
    assert "the client left after 1 of 6 events" in log[1]
    assert "0 messages of the client" in log[1]


def wait_for(log, count):
    deadline = time.monotonic() + 5
    while len(log) < count and time.monotonic() < deadline:
        time.sleep(0.01)


def test_a_client_that_leaves_frees_the_server_for_the_next():
    log = []
    with served(recording(("recv", CREATED, 5), ("recv", DONE, 60_000)), speed=1, log=log) as url:
        for count in (1, 2):
            with connect(url + PATH) as socket:
                socket.recv(timeout=5)
            wait_for(log, count)
            assert "the client left after 1 of 2 events" in log[-1]


def test_a_client_that_sends_other_things_is_told_of_and_still_served():
    log = []
    other = {"type": "session.update", "session": {"instructions": "Be long.", "id": "x"}}
    with served(recording(*TALK), log=log) as url, connect(url + PATH) as socket:
        for message in (other, UPDATE, "hello"):
            socket.send(message if isinstance(message, str) else json.dumps(message))
        received, code = receive_all(socket)
        wait_for(log, 4)
    assert ([json.loads(one) for one in received], code) == (ANSWERS, 1000)
    assert log[0].endswith("message 1 (session.update): session.instructions differs")
    assert log[1].endswith("session.update was not sent there when this was recorded")
    assert log[2].endswith("message 2 (response.create): it is text")
    assert "Be " not in "".join(log)
    assert "3 messages of the client, 3 differences from the recorded ones" in log[3]


def test_a_message_that_answers_no_late_one_is_not_held_back_for_it():
    """One app sends the result of a tool call at once, another after the end of the response."""
    output = {"type": "conversation.item.create", "item": {"type": "function_call_output"}}
    created = {"type": "response.created"}
    frames = [("send", ASK, 1), ("recv", created, 2), ("send", output, 3), ("recv", DELTAS[0], 4), ("recv", DONE, 104)]
    more = [("send", ASK, 105), ("recv", created, 106), ("recv", DONE, 107)]
    with served(recording(*frames, *more), speed=1) as url, connect(url + PATH) as socket:
        socket.send(json.dumps(ASK))
        assert [json.loads(socket.recv(timeout=5)) for _ in range(2)] == [created, DELTAS[0]]
        begin_s = time.monotonic()
        assert json.loads(socket.recv(timeout=5)) == DONE
        # Gaps stay as recorded.
        assert time.monotonic() - begin_s > 0.05
        with pytest.raises(TimeoutError):
            socket.recv(timeout=0.1)
        socket.send(json.dumps(output))
        socket.send(json.dumps(ASK))
        assert receive_all(socket) == ([json.dumps(created), json.dumps(DONE)], 1000)


def test_secrets_are_removed_from_what_is_served_even_if_split_over_messages():
    secret = "sk-proj-" + "a1B2c3D4e5F6g7H8" * 3
    halves = [
        {"type": "response.output_text.delta", "event_id": "e", "delta": part} for part in (secret[:20], secret[20:])
    ]
    cassette = recording(("send", ASK, 1), *(("recv", one, 2) for one in halves))
    with served(cassette, redaction=viewer.redaction.Redaction()) as url, connect(url + PATH) as socket:
        socket.send(json.dumps(ASK))
        received, code = receive_all(socket)
    assert code == 1000
    text = "".join(json.loads(one)["delta"] for one in received)
    assert text == "•" * len(secret)


@pytest.mark.parametrize("path", ["/v1/responses", "/", "/v1/realtime/more"])
def test_a_path_without_a_recorded_session_gets_404_with_those_there_are(path):
    log = []
    with served(recording(*TALK), log=log) as url, pytest.raises(InvalidStatus) as refused:
        connect(url + path).close()
    assert refused.value.response.status_code == 404
    error = json.loads(refused.value.response.body)["error"]
    assert error["recorded"] == [{"recording": "talk.yaml, interaction 0", "path": "/v1/realtime"}]
    assert "404" in log[0]


def test_a_request_over_http_is_not_answered_with_a_session():
    with served(recording(*TALK)) as url, closing(HTTPConnection(url.removeprefix("ws://"))) as connection:
        connection.request("GET", PATH)
        assert connection.getresponse().status == 404


@pytest.mark.parametrize(
    ("path", "second"),
    [(PATH, False), ("/proxy/openai" + PATH, False), ("/v1/realtime?model=other", True), ("/v1/realtime", False)],
)
def test_a_session_is_found_by_path_under_any_prefix_then_by_query(path, second):
    cassettes = [recording(*TALK), recording(*TALK, url="wss://a.example/v1/realtime?model=other")]
    sessions = [one for cassette in cassettes for playable in playables_of(cassette, None) for one in playable.sessions]
    assert SocketIndex(sessions).next_session(path) is sessions[second]


def test_sessions_of_one_path_are_played_in_order_then_the_last_again():
    cassettes = [recording(("recv", one, 1)) for one in (CREATED, DONE)]
    received = []
    with served(*cassettes) as url:
        for _ in range(3):
            with connect(url + PATH) as socket:
                received += [json.loads(one) for one in receive_all(socket)[0]]
    assert received == [CREATED, DONE, DONE]


@pytest.mark.parametrize(
    ("offered", "chosen"), [(None, None), (["realtime", "openai-insecure-api-key.x"], "realtime"), (["b", "a"], "b")]
)
def test_the_first_subprotocol_that_the_client_offers_is_chosen_if_none_is_recorded(offered, chosen):
    with served(recording(*TALK)) as url, connect(url + PATH, subprotocols=offered) as socket:
        assert socket.subprotocol == chosen


def test_faults_are_not_applied_and_this_is_said():
    log = []
    app = playback_app(
        list(playables_of(recording(("recv", DONE, 5)), None)), faults=parse_faults("status=500"), log=log.append
    )
    with run_in_thread(app, 0) as running, connect(running.url.replace("http", "ws") + PATH) as socket:
        assert receive_all(socket) == ([json.dumps(DONE)], 1000)
        wait_for(log, 1)
    assert log[0].endswith("faults do not apply to WebSockets")


def test_a_server_that_stops_does_not_wait_for_open_sessions():
    log = []
    with served(recording(("recv", DONE, 5), ("recv", DONE, 600_000)), speed=1, log=log) as url:
        socket = connect(url + PATH).__enter__()
        socket.recv(timeout=5)
        begin_s = time.monotonic()
    assert time.monotonic() - begin_s < 2
    assert receive_all(socket)[0] == []
    socket.__exit__(None, None, None)
    assert "the server stopped after 1 of 2 events" in log[0]
