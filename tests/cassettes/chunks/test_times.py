import pytest

from viewer.cassettes.chunks.times import ChunkTimes, TimeColumn, names_time, read_times

EPOCH_S = 1_790_000_000


def read(name, values, **marks):
    result = read_times(TimeColumn(name, values), **marks)
    assert isinstance(result, ChunkTimes), result
    return result


def why_not(name, values):
    result = read_times(TimeColumn(name, values))
    assert isinstance(result, str)
    return result


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("t", [0.31, 0.36, 0.5]),
        ("t_s", [0.31, 0.36, 0.5]),
        ("offsetMs", [310, 360, 500]),
        ("t_ms", [310.0, 360.0, 500.0]),
        ("offset", [310, 360, 500]),
        ("elapsed", [310.25, 360.25, 500.25]),
        ("at_us", [310_000, 360_000, 500_000]),
        ("elapsed_ns", [310_000_000, 360_000_000, 500_000_000]),
        ("time", [310_000_000, 360_000_000, 500_000_000]),
        ("ts", [EPOCH_S + 0.31, EPOCH_S + 0.36, EPOCH_S + 0.5]),
        ("timestamp", [(EPOCH_S * 1000) + 310, (EPOCH_S * 1000) + 360, (EPOCH_S * 1000) + 500]),
        ("timestamp", [(EPOCH_S * 10**9) + 31 * 10**7, (EPOCH_S * 10**9) + 36 * 10**7, (EPOCH_S * 10**9) + 5 * 10**8]),
        ("time", ["2026-01-01T00:00:00.310Z", "2026-01-01T00:00:00.360Z", "2026-01-01T00:00:00.500Z"]),
        ("received_at", ["2026-01-01 00:00:00.310000", "2026-01-01 00:00:00.360000", "2026-01-01 00:00:00.500000"]),
        ("at", ["310ms", "360ms", "500ms"]),
        ("t", ["0.31", "0.36", "0.50"]),
        ("delayMs", [310, 50, 140]),
        ("delay", [0.31, 0.05, 0.14]),
        ("gaps", [310, 50, 140]),
        ("chunkTimings", [310, 50, 140]),
        ("sinceLastMs", [310, 50, 140]),
    ],
)
def test_the_name_or_the_size_of_the_values_decides_their_unit_and_whether_they_add_up(name, values):
    times = read(name, values)
    assert [one - times.s[0] for one in times.s] == pytest.approx([0, 0.05, 0.19], abs=1e-6)
    assert times.since_request is False


@pytest.mark.parametrize(
    ("name", "values", "reason"),
    [
        ("t", [1, 2, 3], "unit is not certain"),
        ("offset", [10_000, 20_000, 30_000], "unit is not certain"),
        ("offset_ms", [300, 200, 100], "run backwards"),
        ("ts", [EPOCH_S, EPOCH_S - 1], "run backwards"),
        ("t", [5.0, 5.0, 5.0], "all are equal"),
        ("ts", [EPOCH_S + index * 8.6e-6 for index in range(163)], "163 within 1.39 ms are too close together"),
        ("delay_ms", [1, -1, 1], "negative"),
        ("delayMs", [100, 200, 300, 400, 500, 600], "longer than the one before"),
        ("timings", [100, 200, 300], "delays or offsets"),
        ("ts_ms", [EPOCH_S + 0.25, EPOCH_S + 0.5], "different units"),
        ("t_s", [0, 100_000], "more than a day"),
        ("t", [0.1, "x"], "not all of them are times"),
        ("t", [0.1, True], "not all of them are times"),
        ("t", [1e300, 2e300], "not all of them are times"),
        ("time", ["yesterday", "today"], "not all of them are times"),
        ("t", [float("nan"), float("inf")], "not all of them are times"),
    ],
)
def test_times_that_cannot_be_arrivals_have_a_reason(name, values, reason):
    assert reason in why_not(name, values)


def test_offsets_longer_than_a_few_are_not_delays_even_if_the_name_does_not_say():
    assert read("timings", [100, 150, 200, 260, 300, 350]).s[-1] == pytest.approx(0.35)


@pytest.mark.parametrize(
    ("name", "values", "resolution_s"),
    [
        ("t", [0.5, 0.75], 0.01),
        ("t", [1.0, 2.0], 0.1),
        ("t_s", [1, 2], 1.0),
        ("t_ms", [10, 20], 1e-3),
        ("time", ["2026-01-01T00:00:01Z", "2026-01-01T00:00:02Z"], 1.0),
        ("time", ["2026-01-01T00:00:01.5Z", "2026-01-01T00:00:02.123456789Z"], 1e-6),
    ],
)
def test_times_are_as_fine_as_they_are_written(name, values, resolution_s):
    assert read(name, values).resolution_s == pytest.approx(resolution_s)


def test_a_request_on_the_same_clock_is_the_origin():
    times = read("t", [100.25, 100.5], sent=100, answered=100.125)
    assert (times.s, times.since_request, times.headers_s) == ((0.25, 0.5), True, 0.125)
    for other in (200, "2026-01-01T00:00:00Z", None, {}, True):
        assert read("t", [100.25, 100.5], sent=other).since_request is False


def test_a_request_makes_t_seconds_where_nothing_else_decides():
    assert read("t", [1, 2, 4], sent=0).s == (1, 2, 4)


def test_a_name_can_say_that_offsets_count_from_the_request():
    assert read("ms_since_request", [310, 360]).since_request is True


def test_equal_delays_are_doubted_but_used():
    assert "equal" in read("delayMs", [120, 120, 120]).doubt
    assert read("delayMs", [120, 120, 121]).doubt == ""


def test_epoch_times_say_when_the_last_chunk_arrived():
    assert read("ts", [EPOCH_S + 0.25, EPOCH_S + 0.5]).ended_epoch_s == EPOCH_S + 0.5
    assert read("t", [0.25, 0.5]).ended_epoch_s is None


@pytest.mark.parametrize(
    "name", ["t", "ts", "t_ms", "offsetMs", "delay", "chunkTimings", "receivedAt", "created_at", "ms", "timing.elapsed"]
)
def test_names_of_times(name):
    assert names_time(name)


@pytest.mark.parametrize(
    "name", ["id", "index", "size", "total_time", "max_delay", "tokens_per_s", "type", "model", "text"]
)
def test_names_of_other_things(name):
    assert not names_time(name)


@pytest.mark.parametrize(
    ("name", "is_client"), [("created_at", False), ("timestamp", False), ("t", True), ("received_at", True)]
)
def test_a_time_within_an_event_is_the_providers_unless_only_a_client_writes_it(name, is_client):
    assert names_time(name, in_event=True) is is_client
