"""All places by their names."""

from collections.abc import Callable

from tests.support.planting.places import Place, Planting, Recording, carried
from tests.support.planting.recorder_places import RECORDER_PLACES
from tests.support.planting.request_places import REQUEST_PLACES
from tests.support.planting.response_places import RESPONSE_PLACES
from tests.support.planting.writings import PLAIN, TELLING, TELLING_ONE_LINE, Writing


def _text(writing: Writing) -> Callable[[Planting], Recording]:
    return lambda one: carried(one, writing(one.kind, one.text))


PLACES: dict[str, Place] = {
    **REQUEST_PLACES,
    **RESPONSE_PLACES,
    **RECORDER_PLACES,
    **{
        f"text-{name}": Place(_text(writing), tells=True, one_line=name in TELLING_ONE_LINE)
        for name, writing in TELLING.items()
    },
    **{f"text-{name}": Place(_text(writing), tells=False) for name, writing in PLAIN.items()},
}
