"""What a reply cost, where the figure comes from, and what it leaves out."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cost:
    """What a reply cost in US dollars. If it is not known, `usd` is None and `source` says why."""

    usd: float | None
    source: str
    """The provider's field, or the price list with its version and day, or why the cost is not known. Ends with the caveats."""
    is_estimate: bool = False
    input_usd: float | None = None
    caveats: tuple[str, ...] = ()
    """What the figure leaves out or is not sure of, each a sentence."""
    prices: str = ""
    """Whose prices an estimate uses, such as "list prices"; "" if it is not an estimate."""

    @property
    def note(self) -> str:
        """What to write beside the figure where there is no room for its source."""
        caveat = "with a caveat" if self.usd is not None and self.caveats else ""
        return " ".join(part for part in ("estimate" if self.is_estimate else "", caveat) if part)


def unpriced(reason: str, *caveats: str) -> Cost:
    """Return the cost of a reply whose cost is not known."""
    return Cost(None, with_caveats(f"unpriced: {reason}", caveats), caveats=caveats)


def with_caveats(source: str, caveats: tuple[str, ...]) -> str:
    """Add caveats to the source of a cost, so that whoever shows the source shows them too."""
    return ". ".join([source, *(caveat.rstrip(".") for caveat in caveats)])
