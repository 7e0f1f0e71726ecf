"""The lines of a session file, and what tells whose they are."""

from viewer.cassettes.sessions.file_lines import first_objects


def test_only_lines_that_begin_with_an_object_tell_what_a_file_is():
    lines = b'{"a": 1}\n  {"b": 2}\nnot JSON\n{"cut\n{"c": 3}\r\ndata: {"d": 4}\n{"e": 5}'
    assert list(first_objects(lines, 99)) == [{"a": 1}, {"c": 3}, {"e": 5}]
    assert list(first_objects(lines, 99, in_events=True)) == [{"a": 1}, {"c": 3}, {"d": 4}, {"e": 5}]
    assert list(first_objects(lines, 4)) == [{"a": 1}]
