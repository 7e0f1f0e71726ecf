"""The pytest plugin: a fixture that serves recordings, and what the report of a failing test says of its cassettes.

pytest loads it by its entry point, in every run. So it imports nothing that a run may not need, and no fault of it fails a test.
"""

from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from functools import partial
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

from viewer.testing.faults import fault_line
from viewer.testing.watching import Watch

if TYPE_CHECKING:
    from viewer.playback.serve import Server

CassetteServer: TypeAlias = "Callable[..., Server]"
"""The type of the fixture `cassette_server`."""

_SERVERS = pytest.StashKey["list[Server]"]()
_WATCH = pytest.StashKey[Watch]()
_TITLE = "cassettes of this test"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --cassette-report and --cassette-unused."""
    group = parser.getgroup("cassette-viewer", "recordings of language models")
    group.addoption("--cassette-report", metavar="DIR", help="write the page of each cassette of a failing test to DIR")
    group.addoption(
        "--cassette-unused", action="store_true", help="say at the end which recorded interactions no test used"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Begin to watch, and to gather what is said at the end."""
    config.stash[_WATCH] = Watch()
    if config.getoption("cassette_unused", default=False) and not hasattr(config, "workerinput"):
        from viewer.testing.never_used import NeverUsed  # noqa: PLC0415 - pytest loads this module in every run

        config.pluginmanager.register(NeverUsed(), "cassette-viewer-never-used")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Leave the recorders as they were."""
    if watch := config.stash.get(_WATCH, None):
        watch.stop()


@pytest.fixture
def cassette_server(request: pytest.FixtureRequest) -> Iterator[CassetteServer]:
    """Serve recordings until the test ends: `cassette_server("cassettes/chat.yaml").url` is a base URL for any SDK.

    It takes the arguments of `viewer.serve`, but does not wait for recorded times unless a speed is given. A path that is not found from
    the current folder is looked for beside the file of the test. If the test fails, its report says what was asked and what was missed.
    """
    with ExitStack() as running:
        yield partial(_serve, request, running)


def _serve(request: pytest.FixtureRequest, running: ExitStack, *sources: Any, **options: Any) -> "Server":
    from viewer.playback.delivery import INSTANT  # noqa: PLC0415 - as above
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


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Begin with a new test. A test that is run again is a new one."""
    watch = item.config.stash[_WATCH]
    watch.begin(getattr(item, "fixturenames", ()))
    watch.look()


@pytest.hookimpl(wrapper=True)
def pytest_fixture_setup(
    fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest
) -> Generator[None, object, object]:
    """Watch recorders that an earlier fixture has imported, and remember what a fixture opens for several tests."""
    __tracebackhide__ = True
    watch = request.config.stash[_WATCH]
    watch.look()
    before = len(watch.uses.opened)
    value = yield
    if fixturedef.scope != "function":
        watch.share(fixturedef, watch.uses.opened[before:])
    return value


def pytest_fixture_post_finalizer(fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest) -> None:
    """Forget what the fixture has opened."""
    request.config.stash[_WATCH].unshare(fixturedef)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> None:
    """Watch recorders that a fixture has imported."""
    item.config.stash[_WATCH].look()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add to the report of a test that fails what it asked of its servers and of its cassettes."""
    report = yield
    if report.failed:
        for server in item.stash.get(_SERVERS, ()):
            report.sections.append((f"recordings served at {server.url}", server.summary()))
    watch = item.config.stash[_WATCH]
    try:
        _tell(item, call, report, watch)
    except Exception as error:  # noqa: BLE001 - a fault here must not hide the result of the test
        report.sections.append((_TITLE, fault_line(error)))
    if report.when == "teardown":
        # pytest keeps all items until it ends.
        watch.begin()
    return report


def _tell(item: pytest.Item, call: pytest.CallInfo[None], report: pytest.TestReport, watch: Watch) -> None:
    """Add what is to be told of the cassettes to a report."""
    uses, config = watch.uses, item.config
    uses.has_failed |= report.failed
    if report.failed and not uses.is_shown:
        watch.look_in(_fixture_values(item), call.excinfo.value if call.excinfo else None)
        if uses.opened:
            from viewer.testing.failure import failure_lines  # noqa: PLC0415 - as above

            folder = config.getoption("cassette_report", default=None)
            pages = config.invocation_params.dir / folder if folder else None
            report.sections.append((_TITLE, "\n".join(failure_lines(uses, item.nodeid, str(config.rootpath), pages))))
            uses.is_shown = True
        if watch.fault is not None:
            report.sections.append((_TITLE, fault_line(watch.fault)))
            watch.fault = None
    if report.when == "teardown" and config.getoption("cassette_unused", default=False):
        from viewer.testing.never_used import carry_uses  # noqa: PLC0415 - as above

        watch.look_in(_fixture_values(item), None)
        carry_uses(report, uses, str(config.rootpath))


def _fixture_values(item: pytest.Item) -> list[Any]:
    return list((getattr(item, "funcargs", None) or {}).values())
