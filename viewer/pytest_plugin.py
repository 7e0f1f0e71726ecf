"""The pytest plugin: fixtures for tests of programs that call language models. pytest loads it by its entry point."""

from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from functools import partial
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

if TYPE_CHECKING:
    from viewer.playback.serve import Server

CassetteServer: TypeAlias = "Callable[..., Server]"
"""The type of the fixture `cassette_server`."""

_SERVERS = pytest.StashKey["list[Server]"]()


@pytest.fixture
def cassette_server(request: pytest.FixtureRequest) -> Iterator[CassetteServer]:
    """Serve recordings until the test ends: `cassette_server("cassettes/chat.yaml").url` is a base URL for any SDK.

    It takes the arguments of `viewer.serve`, but does not wait for recorded times unless a speed is given. A path that is not found from
    the current folder is looked for beside the file of the test. If the test fails, its report says what was asked and what was missed.
    """
    with ExitStack() as running:
        yield partial(_serve, request, running)


def _serve(request: pytest.FixtureRequest, running: ExitStack, *sources: Any, **options: Any) -> "Server":
    from viewer.playback.delivery import INSTANT  # noqa: PLC0415 - pytest loads this module in every run
    from viewer.playback.serve import serve  # noqa: PLC0415 - as above

    __tracebackhide__ = True
    found = [*map(_beside_test, sources, repeat(request.path))]
    server = running.enter_context(serve(*found, **{"speed": INSTANT, **options}))
    request.node.stash.setdefault(_SERVERS, []).append(server)
    return server


def _beside_test(source: Any, test: Path) -> Any:
    __tracebackhide__ = True
    if not isinstance(source, str | Path) or Path(source).exists():
        return source
    beside = test.parent / source
    if not beside.exists():
        places = dict.fromkeys(map(str, (Path(source).absolute(), beside)))
        raise FileNotFoundError(f"no such recording: {' or '.join(places)}")
    return beside


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add to the report of a test that fails what it asked of its servers."""
    report = yield
    if report.failed:
        for server in item.stash.get(_SERVERS, ()):
            report.sections.append((f"recordings served at {server.url}", server.summary()))
    return report
