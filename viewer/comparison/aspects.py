"""In what two recordings can differ; `viewer.comparison.comparison` says what each means."""

from typing import Literal, get_args

Aspect = Literal[
    "interactions",
    "request",
    "headers",
    "protocol",
    "model",
    "text",
    "tool-calls",
    "usage",
    "finish-reason",
    "error",
    "schema",
]

ASPECTS: tuple[Aspect, ...] = get_args(Aspect)
