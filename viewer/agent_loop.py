from dataclasses import dataclass


@dataclass
class Call:
    interaction: int


def calls_of(c):
    return []
