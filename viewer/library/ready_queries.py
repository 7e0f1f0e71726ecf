"""Ready-made queries over the tables of many recordings. docs/corpus.md explains each."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class ReadyQuery:
    """A query with its title."""

    title: str
    table: Literal["streams", "chunks"]
    """The table it reads."""
    sql: str


READY_QUERIES = (
    ReadyQuery(
        "Streams by provider, protocol and grade of their times",
        "streams",
        """\
SELECT provider, protocol, grade, count(*) AS streams, sum(chunks)::BIGINT AS chunks
FROM streams WHERE kind = 'stream'
GROUP BY ALL ORDER BY streams DESC, provider, protocol, grade""",
    ),
    ReadyQuery(
        "Time to first token by grade",
        "streams",
        """\
SELECT ttft_grade, count(*) AS streams, quantile_cont(ttft_s, 0.5) AS p50_s, quantile_cont(ttft_s, 0.9) AS p90_s
FROM streams WHERE ttft_s IS NOT NULL
GROUP BY ttft_grade ORDER BY ttft_grade""",
    ),
    ReadyQuery(
        "Tokens and cost by model",
        "streams",
        """\
SELECT model, sum(input_tokens)::BIGINT AS input, sum(output_tokens)::BIGINT AS output,
       sum(reasoning_tokens)::BIGINT AS reasoning, sum(hidden_tokens)::BIGINT AS hidden, sum(cost_usd) AS usd,
       coalesce(sum(cost_usd) FILTER (cost_is_estimate), 0) AS estimated_usd
FROM streams WHERE model IS NOT NULL
GROUP BY model ORDER BY usd DESC NULLS LAST, model""",
    ),
    ReadyQuery(
        "Longest gap between two chunks of each stream",
        "chunks",
        """\
SELECT name, interaction, max(gap_s) AS longest_gap_s
FROM (
    SELECT name, interaction, t - lag(t) OVER (PARTITION BY name, interaction ORDER BY event) AS gap_s
    FROM chunks WHERE grade IN ('measured', 'stamped')
)
GROUP BY name, interaction HAVING longest_gap_s IS NOT NULL ORDER BY longest_gap_s DESC, name LIMIT 20""",
    ),
    ReadyQuery(
        "Text of each stream",
        "chunks",
        """\
SELECT name, interaction, string_agg(text, '' ORDER BY event) AS content
FROM chunks WHERE kind = 'content' AND choice = 0
GROUP BY name, interaction ORDER BY name, interaction LIMIT 20""",
    ),
    ReadyQuery(
        "Errors, incomplete streams and problems",
        "streams",
        """\
SELECT name, interaction, kind, status, error, complete, problems
FROM streams WHERE error IS NOT NULL OR NOT complete OR problems > 0
ORDER BY error IS NULL, problems DESC, name, interaction LIMIT 50""",
    ),
    ReadyQuery(
        "Identical files under different names",
        "streams",
        """\
SELECT sha256, list(DISTINCT name ORDER BY name) AS names
FROM streams GROUP BY sha256 HAVING count(DISTINCT name) > 1 ORDER BY names""",
    ),
)
