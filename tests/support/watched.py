"""What the pytest plugin does while a test runs."""

from contextlib import contextmanager

from viewer.testing.watching import Watch


@contextmanager
def watched_test():
    """Watch the recorders that are imported, as in one test, and check that nothing went wrong."""
    watch = Watch()
    watch.begin()
    watch.look()
    yield watch
    watch.stop()
    assert watch.fault is None
