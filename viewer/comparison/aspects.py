"""The aspects in which two recordings can differ. `viewer.comparison.comparison` defines each."""

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
