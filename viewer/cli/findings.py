"""Findings as lines for a person, and as JSON lines for a program."""

import json
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from viewer.redaction import Finding


def finding_lines(findings: Iterable["Finding"], keep: Collection[str]) -> list[str]:
    """Return one line for each finding: its id, how it begins, how often it occurs, and where."""
    lines = []
    for finding in findings:
        kept = "  kept" if finding.id in keep else ""
        times = "once" if finding.count == 1 else f"{finding.count} times"
        lines.append(f"{finding.id:<24} {finding.preview:<8} {times:>10}  {finding.where}{kept}")
    return lines


def finding_json(file: str, finding: "Finding", keep: Collection[str]) -> str:
    """Return a finding as one line of JSON."""
    return json.dumps(
        {
            "file": file,
            "id": finding.id,
            "rule": finding.rule,
            "where": finding.where,
            "count": finding.count,
            "preview": finding.preview,
            "kept": finding.id in keep,
        }
    )
