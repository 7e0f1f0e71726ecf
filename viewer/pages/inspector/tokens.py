"""The tab of tokens: what they consist of, whether the provider's numbers add up, and what they cost."""

from viewer.display.blocks import no_usage, sums
from viewer.display.headline import usage_counts
from viewer.display.nodes import Node, node
from viewer.display.token_bars import token_bars
from viewer.pages.inspector.panel import Part, node_part, show_panel, text_part
from viewer.streams.cost import Cost
from viewer.streams.stream import Stream
from viewer.text.json import write
from viewer.text.words import dollars, number
from viewer.types.usage import Usage


def show(stream: Stream) -> None:
    """Show the bars, the sums, the cost, the counts and the provider's own object, or that no usage was recorded."""
    usage = stream.usage
    if usage is None:
        show_panel([node_part(*no_usage(stream))], key="tokens")
        return
    shown: list[Node] = [
        *token_bars(stream, usage),
        *sums(usage, stream.provider),
        node("h2", "", "Cost"),
        *_cost(stream.cost, usage),
        node("h2", "", "Counts"),
        _counts(usage),
    ]
    show_panel([node_part(*shown), *_reported(usage)], key="tokens")


def _cost(cost: Cost, usage: Usage) -> list[Node]:
    """Return the cost with its source, the share of the reasoning, and each caveat as an item of its own."""
    source = cost.source.partition(f". {cost.caveats[0].rstrip('.')}")[0] if cost.caveats else cost.source
    amount = [] if cost.usd is None else [node("b", "count", dollars(cost.usd))]
    caveats = [node("li", "problem warning", caveat) for caveat in cost.caveats]
    return [
        node("p", "", *amount, source),
        *_reasoning_cost(cost, usage),
        *([node("ul", "", *caveats)] if caveats else []),
    ]


def _reasoning_cost(cost: Cost, usage: Usage) -> list[Node]:
    """Return what the reasoning cost, by its share of the output tokens; nothing if that is not known."""
    if cost.usd is None or cost.input_usd is None or not usage.reasoning or not usage.output:
        return []
    share = (cost.usd - cost.input_usd) * usage.reasoning / usage.output
    tokens = f"reasoning: {number(usage.reasoning)} of {number(usage.output)} output tokens"
    return [node("p", "", node("b", "count", f"about {dollars(share)}"), f"of it for {tokens}")]


def _counts(usage: Usage) -> Node:
    """Return the counts that the provider reports, in this project's words."""
    rows = [
        node("tr", "", node("th", {"scope": "row"}, label), node("td", "number", number(count)))
        for label, count in usage_counts(usage).items()
        if count is not None
    ]
    return node("table", "", node("tbody", "", *rows))


def _reported(usage: Usage) -> list[Part]:
    if usage.reported is None:
        return []
    title = node_part(node("h2", "", "As reported by the provider"))
    return [title, text_part(write(usage.reported), "usage as reported by the provider")]
