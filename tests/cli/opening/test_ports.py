"""The port is Streamlit's own if it is free, else another one that is."""

import socket

from viewer.cli.opening import ports


def test_a_port_that_is_taken_is_not_free_and_the_next_one_is_chosen(monkeypatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setattr(ports, "FIRST", port)
        assert not ports.is_free(port)
        assert ports.free_port() > port
    assert ports.is_free(port)


def test_if_all_of_them_are_taken_the_system_chooses(monkeypatch):
    monkeypatch.setattr(ports, "is_free", lambda _: False)
    assert ports.free_port() >= 1024
