"""Which requests a recording may answer that does not say what was asked, such as the bare body of a response."""

from collections.abc import Mapping, Sequence

# Clients of one of these cannot read the answer of another. Any other path may be of a server of the user's own.
_ENDS: Mapping[str, tuple[str, ...]] = {
    "openai-chat": ("chat", "completions"),
    "openai-responses": ("responses",),
    "anthropic-messages": ("v1", "messages"),
}
# Never answered by a stream of a model. Browsers ask for the last by themselves.
_OTHERS = frozenset({"models", "embeddings", "favicon.ico"})


def may_answer(protocol: str, path: Sequence[str]) -> bool:
    """Tell whether a stream of a protocol may be what a path asks for. "" is a protocol that is not known, which may be anything."""
    if not protocol:
        return True
    if path and path[-1] in _OTHERS:
        return False
    owners = [owner for owner, ends in _ENDS.items() if tuple(path[-len(ends) :]) == ends]
    return not owners or protocol in owners or protocol not in _ENDS
