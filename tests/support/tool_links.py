"""Where the results of an agent's tools went."""


def links_of(calls):
    """The way of every tool result that a later request brings back: the call, the tool and the later call."""
    return [
        (call.interaction, made.name, made.answered_by)
        for call in calls
        for made in call.tool_calls
        if made.answered_by is not None
    ]
