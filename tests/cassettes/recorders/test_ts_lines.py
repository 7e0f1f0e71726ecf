import pytest

import viewer

EVENTS = [
    'data: {"choices":[{"index":0,"delta":{"content":"Olá"},"finish_reason":null}]}\n\n',
    'data: {"choices":[{"index":0,"delta":{"content":"!"},"finish_reason":null}]}\n\n',
    'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":1,"total_tokens":4}}\n\n',
    "data: [DONE]\n\n",
]
BODY = "".join(EVENTS)
LINES = BODY.split("\n")[:-1]


def stamped(*stamps, lines=LINES):
    """Synthetic lines in the layout of `ts`."""
    return "".join(f"{stamp} {line}\n" for stamp, line in zip(stamps, lines, strict=True)).encode()


def arrivals(*stamps):
    loaded = viewer.load(stamped(*stamps))
    assert (loaded.format, loaded.interactions[0].response.body) == ("ts", BODY.encode())
    return loaded.interactions[0].times.arrivals


ELAPSED = ["0.028254", "0.029660", "0.029678", "0.529685", "10.556981", "10.556999", "10.557000", "10.557000"]


def test_the_body_is_the_lines_without_their_stamps():
    loaded = viewer.load(stamped(*ELAPSED))
    assert (loaded.format, loaded.format_version, loaded.problems) == ("ts", "", [])
    [interaction] = loaded.interactions
    assert interaction.response.body == BODY.encode()
    [stream] = loaded.streams
    assert (stream.text(), stream.finish_reason, stream.usage.total) == ("Olá!", "stop", 4)
    assert stream.chunks["event"].nunique() == 4


def test_each_line_has_its_time_since_ts_started_and_not_since_the_request():
    times = viewer.load(stamped(*ELAPSED)).interactions[0].times
    ends = tuple(len("\n".join(LINES[:index]).encode()) + 1 for index in range(1, len(LINES) + 1))
    assert times.arrivals.s == tuple(map(float, ELAPSED))
    assert times.arrivals.ends == ends
    assert ends[-1] == len(BODY.encode())
    assert (times.arrivals.since_request, times.arrivals.resolution_s) == (False, 1e-6)
    assert (times.headers_s, times.whole_s, times.started, times.ended) == (None, None, None, None)


def test_times_since_the_line_before_are_summed_over_all_lines_including_blank_ones():
    stamps = ["0.060358", "0.000150", "0.000008", "0.000005", "1.019945", "0.000070", "0.000009", "0.000001"]
    assert arrivals(*stamps).s == (0.060358, 0.060508, 0.060516, 0.060521, 1.080466, 1.080536, 1.080545, 1.080546)


def test_epoch_seconds_are_unchanged_even_if_the_clock_was_set_back():
    stamps = [f"1795387696.14367{digit}" for digit in "58779991"]
    assert arrivals(*stamps).s == tuple(map(float, stamps))
    whole = [f"179538769{digit}" for digit in "66677788"]
    assert arrivals(*whole).s == tuple(map(float, whole))
    assert arrivals(*whole).resolution_s == 1


@pytest.mark.parametrize(
    "form",
    [
        "2026-11-22T22:47:{}.730851",
        "2026-11-22 22:47:{}.730851",
        "2026-11-22T22:47:{}.730851Z",
        "2026-11-22T22:47:{}.730851+0100",
        "[2026-11-22 22:47:{}.730851]",
        "22:47:{}.730851",
        "Nov 22 22:47:{}.730851",
        "2026-11-22T22:47:{}.730851999Z",
    ],
)
def test_times_of_day_count_from_midnight(form):
    seconds = [10, 10, 11, 11, 11, 12, 12, 59]
    read = arrivals(*(form.format(second) for second in seconds))
    assert read.s == tuple(22 * 3600 + 47 * 60 + second + 0.730851 for second in seconds)
    assert (read.since_request, read.resolution_s) == (False, 1e-6)


@pytest.mark.parametrize("form", ["{}", "Nov 22 {}", "nov.  2 {}", "févr. 02 {}"])
def test_whole_seconds_have_a_resolution_of_a_second_and_continue_after_midnight(form):
    times = ["23:59:58", "23:59:58", "23:59:59", "23:59:59", "00:00:00", "00:00:00", "00:00:01", "00:00:01"]
    read = arrivals(*(form.format(time) for time in times))
    assert read.s == (86398, 86398, 86399, 86399, 86400, 86400, 86401, 86401)
    assert read.resolution_s == 1


def test_whole_seconds_since_the_start_and_since_the_line_before_are_distinguished():
    since_begin = arrivals(*(f"00:00:0{digit}" for digit in "00113344"))
    assert since_begin.s == (0, 0, 1, 1, 3, 3, 4, 4)
    since_line = arrivals(*(f"00:00:0{digit}" for digit in "10202000"))
    assert since_line.s == (1, 1, 3, 3, 5, 5, 5, 5)
    assert since_line.resolution_s == 1


def test_a_clock_that_was_set_back_is_not_a_time_since_the_line_before():
    read = arrivals(*(f"12:00:0{digit}" for digit in "55443344"))
    assert read.s == tuple(12 * 3600 + int(digit) for digit in "55443344")
    dated = arrivals(*(f"Jan 01 00:00:0{digit}" for digit in "10101010"))
    assert dated.s == (1, 0, 1, 0, 1, 0, 1, 0)


def test_json_lines_are_read():
    lines = ['{"message":{"content":"a"},"done":false}', '{"message":{"content":"b"},"done":true}']
    loaded = viewer.load(stamped("0.100000", "0.200000", lines=lines))
    assert (loaded.format, loaded.streams[0].text()) == ("ts", "ab")
    assert loaded.interactions[0].response.content_type == "application/x-ndjson"


def test_blank_lines_whose_last_space_was_trimmed_are_blank_lines():
    loaded = viewer.load(b"".join(line.rstrip() + b"\n" for line in stamped(*ELAPSED).splitlines()))
    assert (loaded.format, loaded.interactions[0].response.body) == ("ts", BODY.encode())


def test_spaces_after_a_stamp_belong_to_the_line():
    lines = ['  {"a": 1}', '   {"a": 2}']
    loaded = viewer.load(stamped("0.100000", "0.200000", lines=lines))
    assert (loaded.format, loaded.interactions[0].response.body) == ("ts", b'  {"a": 1}\n   {"a": 2}\n')


def test_the_original_line_ends_are_kept():
    loaded = viewer.load(stamped(*ELAPSED).replace(b"\n", b"\r\n"))
    assert loaded.interactions[0].response.body == BODY.replace("\n", "\r\n").encode()
    assert loaded.streams[0].text() == "Olá!"


def test_a_byte_order_mark_does_not_hide_a_stamp():
    loaded = viewer.load(b"\xef\xbb\xbf" + stamped(*ELAPSED))
    assert (loaded.format, loaded.interactions[0].response.body) == ("ts", BODY.encode())


def test_a_line_without_a_stamp_joins_the_line_before_and_is_a_problem():
    events = EVENTS[:2] * 10
    lines = "".join(events).split("\n")[:-1]
    text = stamped(*(f"{index}.000000" for index in range(1, len(lines) + 1)), lines=lines)
    loaded = viewer.load(text + b"Nov 22 22:47:51 lost\ncurl: (18) closed\n")
    assert loaded.format == "ts"
    body = loaded.interactions[0].response.body
    assert body == "".join(events).encode() + b"Nov 22 22:47:51 lost\ncurl: (18) closed\n"
    times = loaded.interactions[0].times.arrivals
    assert (len(times.s), times.ends[-1]) == (len(lines), len(body))
    assert any(
        "Lines without a stamp in the format of the first line: 2." in problem.message for problem in loaded.problems
    )


def test_a_recording_that_is_cut_off_anywhere_is_read_up_to_there():
    whole = stamped(*ELAPSED)
    for end in range(whole.index(b"\n") + 1, len(whole)):
        loaded = viewer.load(whole[:end])
        assert loaded.format == "ts"
        assert loaded.streams[0].text().startswith("Olá")


@pytest.mark.parametrize(
    "text",
    [
        b"0.100000 some log\n0.200000 of something\n",
        b"12:00:00 one\n" + BODY.encode(),
        b"1 " + BODY.encode().replace(b"\n", b"\n2 "),
        b"0.1 " + BODY.encode().replace(b"\n", b"\n0.2 "),
        stamped(*["0.100000", "12:00:00"] * 4),
    ],
)
def test_other_lines_with_numbers_before_them_are_not_recognised(text):
    try:
        assert viewer.load(text).format != "ts"
    except viewer.CassetteError:
        assert b"log" in text


@pytest.mark.parametrize(
    "stamp", ["9999999999.000000", "99:99:99", "0000-00-00T99:99:99.999999+9999", "Zzz 99 99:99:99"]
)
def test_invalid_times_can_be_read(stamp):
    assert viewer.load(stamped(*[stamp] * len(LINES))).streams[0].text() == "Olá!"


def test_milliseconds_have_a_resolution_of_a_millisecond():
    read = arrivals(*(f"2026-11-22T22:47:1{digit}.730Z" for digit in "00112233"))
    assert read.resolution_s == 0.001
    assert read.s[2] - read.s[1] == 1
