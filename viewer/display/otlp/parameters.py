"""The parameters of a request by the names of OpenTelemetry's conventions. Each provider spells them differently."""

from collections.abc import Iterable, Mapping
from typing import Any

from viewer.text.json import is_number, is_whole_number, items, json_in, mapping

_NUMBERS = {
    "temperature": "temperature",
    "top_p": "top_p",
    "topp": "top_p",
    "p": "top_p",
    "top_k": "top_k",
    "topk": "top_k",
    "k": "top_k",
    "frequency_penalty": "frequency_penalty",
    "frequencypenalty": "frequency_penalty",
    "presence_penalty": "presence_penalty",
    "presencepenalty": "presence_penalty",
}
_COUNTS = {
    "max_tokens": "max_tokens",
    "maxtokens": "max_tokens",
    "maxtokencount": "max_tokens",
    "max_completion_tokens": "max_tokens",
    "max_output_tokens": "max_tokens",
    "maxoutputtokens": "max_tokens",
    "max_new_tokens": "max_tokens",
    "num_predict": "max_tokens",
    "seed": "seed",
}
_CHOICES = ("n", "candidatecount", "candidate_count", "num_generations")
_STOPS = ("stop", "stop_sequences", "stopsequences")
_JSON_FORMATS = frozenset({"json", "json_object", "json_schema", "application/json"})


def parameter_attributes(parameters: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Return the parameters that the conventions name. A value of another type than theirs is left out."""
    found: dict[str, Any] = {}
    for path, written in parameters:
        # Wrappers and configurations differ by provider. The last word of a path is the parameter.
        name = path.rpartition(".")[2].lower()
        found |= _attribute(name, json_in(written))
    return found


def _attribute(name: str, value: Any) -> Mapping[str, Any]:
    if name in _NUMBERS and is_number(value):
        return {f"gen_ai.request.{_NUMBERS[name]}": float(value)}
    if name in _COUNTS and is_whole_number(value):
        return {f"gen_ai.request.{_COUNTS[name]}": value}
    if name in _CHOICES and is_whole_number(value) and value != 1:
        return {"gen_ai.request.choice.count": value}
    if name == "stream" and value is True:
        return {"gen_ai.request.stream": True}
    if name in _STOPS:
        texts = [one for one in ([value] if isinstance(value, str) else items(value)) if isinstance(one, str)]
        return {"gen_ai.request.stop_sequences": texts} if texts else {}
    if _output_format(name, value) in _JSON_FORMATS:
        return {"gen_ai.output.type": "json"}
    return {}


def _output_format(name: str, value: Any) -> Any:
    """Return the format in which a request wants its answer, in the provider's word; None if it names none."""
    match name:
        case "response_format":
            return mapping(value).get("type")
        case "text":
            return mapping(mapping(value).get("format")).get("type")
        case "responsemimetype" | "response_mime_type":
            return value
    return None
