import socket

import pytest

from viewer.playback.listening import HOST, address_of, http_address, listen


@pytest.mark.parametrize("host", [HOST, "0.0.0.0"])  # noqa: S104 - what `--host` may say
def test_the_address_is_one_that_this_machine_reaches(host):
    with listen(host, 0) as listening:
        port = listening.getsockname()[1]
        assert address_of(listening) == f"http://127.0.0.1:{port}"
        socket.create_connection((HOST, port)).close()


def test_an_address_of_ip_version_6_stands_in_brackets():
    assert http_address("::", 8801) == http_address("::1", 8801) == "http://[::1]:8801"


def test_small_events_do_not_wait_for_an_acknowledgement():
    with listen(HOST, 0) as listening, socket.create_connection(listening.getsockname()):
        accepted, _ = listening.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_port_that_is_taken_is_refused():
    with listen(HOST, 0) as listening, pytest.raises(OSError, match="in use"):
        listen(HOST, listening.getsockname()[1])
