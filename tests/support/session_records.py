"""Records of requests to a server that plays recordings."""

from dataclasses import replace

from viewer.playback.session.record import Record

SENT = Record(
    1,
    1_700_000_000.0,
    4.13,
    "POST",
    "/v1/messages",
    200,
    model="claude",
    cassette="a.yaml",
    interaction=2,
    times="measured",
    sent_events=163,
    events=163,
    key="k",
)
SHORT = replace(SENT, sent_events=10, took_s=0.3)
MISSED = Record(2, 1_700_000_005.0, 0.001, "POST", "/v1/messages", 404, model="claude", note="not recorded")
