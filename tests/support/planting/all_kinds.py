"""All kinds of secrets by their names."""

from tests.support.planting.kinds import Kind, from_template
from tests.support.planting.llm_kinds import LLM_FORMS
from tests.support.planting.made_kinds import MADE_KINDS
from tests.support.planting.named_kinds import NAMED_KINDS
from tests.support.planting.service_kinds import SERVICE_FORMS

KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in [
        *(from_template(name, template) for name, template in {**LLM_FORMS, **SERVICE_FORMS}.items()),
        *MADE_KINDS,
        *NAMED_KINDS,
    ]
}
