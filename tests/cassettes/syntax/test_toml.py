import pytest

from viewer.cassettes.syntax.toml import read_toml


def test_tables_and_arrays_of_tables_are_read():
    assert read_toml(b"version = 1\n[[interactions]]\nurl = 'a'\n[[interactions]]\nurl = 'b'\n") == {
        "version": 1,
        "interactions": [{"url": "a"}, {"url": "b"}],
    }


@pytest.mark.parametrize("broken", [b"a = ", b"\xff = 1", b"a = " + b"[" * 100_000])
def test_a_broken_file_holds_nothing(broken):
    assert read_toml(broken) == {}
