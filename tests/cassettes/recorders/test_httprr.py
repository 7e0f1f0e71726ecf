import pytest

import viewer

BODY = 'data: {"choices":[{"index":0,"delta":{"content":"Olá"}}]}\n\ndata: [DONE]\n\n'.encode()
REQUEST = (
    b"POST https://api.openai.com/v1/chat/completions HTTP/1.1\r\nHost: api.openai.com\r\nContent-Length: 15\r\n\r\n"
    b'{"stream":true}'
)


def response(body=BODY, *headers):
    return b"\r\n".join([b"HTTP/1.1 200 OK", b"Content-Type: text/event-stream", *headers, b"", body])


def chunked(*parts, line_end=b"\r\n"):
    """A body in the chunked coding of RFC 9112, 7.1, with correct sizes."""
    framed = [b"%x" % len(part) + line_end + part + line_end for part in parts]
    return response(b"".join([*framed, b"0" + line_end * 2]), b"Transfer-Encoding: chunked")


def trace(*pairs, change=lambda text: text):
    """A synthetic httprr trace. `change` is applied to every message before its size is taken."""
    text = b"httprr trace v1\n"
    for one in pairs:
        sent, received = change(one[0]), change(one[1])
        text += b"%d %d\n" % (len(sent), len(received)) + sent + received
    return text


def unix(text):
    return text.replace(b"\r\n", b"\n")


@pytest.mark.parametrize("change", [bytes, unix])
def test_records_are_read_with_either_line_end(change):
    loaded = viewer.load(trace((REQUEST, response()), (REQUEST, response()), change=change))
    assert (loaded.format, loaded.format_version) == ("httprr", "1")
    first, _ = loaded.interactions
    assert (first.request.method, first.request.url) == ("POST", "https://api.openai.com/v1/chat/completions")
    assert (first.request.headers["host"], first.request.body) == ("api.openai.com", b'{"stream":true}')
    assert (first.response.status, first.response.reason) == (200, "OK")
    assert first.response.body == BODY
    assert [stream.text() for stream in loaded.streams] == ["Olá", "Olá"]
    assert not loaded.problems


@pytest.mark.parametrize("change", [bytes, unix])
@pytest.mark.parametrize("cut", [len(BODY), 1, 30, 60])
def test_chunked_coding_is_removed(change, cut):
    parts = [part for part in (BODY[:cut], BODY[cut:]) if part]
    loaded = viewer.load(trace((REQUEST, chunked(*parts)), change=change))
    assert loaded.interactions[0].response.body == BODY
    assert not loaded.problems


def test_chunk_sizes_that_count_other_line_ends_give_the_body_and_a_problem():
    windows = BODY.replace(b"\n", b"\r\n")
    loaded = viewer.load(trace((REQUEST, chunked(windows)), change=unix))
    assert loaded.interactions[0].response.body == BODY
    assert any("chunks" in problem.message for problem in loaded.problems)


def test_a_body_that_only_claims_to_be_chunked_is_unchanged():
    loaded = viewer.load(trace((REQUEST, response(BODY, b"Transfer-Encoding: chunked"))))
    assert loaded.streams[0].text() == "Olá"


def test_records_with_wrong_sizes_are_found_by_their_first_lines():
    loaded = viewer.load(unix(trace((REQUEST, response()), (REQUEST, chunked(BODY)))))
    assert [stream.text() for stream in loaded.streams] == ["Olá", "Olá"]
    assert [interaction.response.body for interaction in loaded.interactions] == [BODY, BODY]
    assert {problem.interaction for problem in loaded.problems} == {0, 1}


def test_a_trace_that_is_cut_off_anywhere_is_read_up_to_there():
    whole = trace((REQUEST, response()), (REQUEST, chunked(BODY)))
    for end in range(len(trace((REQUEST, response()))), len(whole), 7):
        assert viewer.load(whole[:end]).streams[0].text() == "Olá"


def test_a_record_without_a_response_is_a_problem():
    loaded = viewer.load(b"httprr trace v1\n9 9\nGET / HTTP/1.1\n\n")
    assert loaded.interactions[0].request.url == "/"
    assert any("no response" in problem.message for problem in loaded.problems)


def test_a_trace_without_records_is_refused():
    with pytest.raises(viewer.CassetteError, match="the httprr trace has no records"):
        viewer.load(b"httprr trace v1\n")
