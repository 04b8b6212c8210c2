"""The section of coordinate systems: what speaks for each, layer by layer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from lastmile.findings import CrsFinding
from lastmile.health import Health
from lastmile.health_page.markup import Column, Html, Row, escaped, paragraph, table
from lastmile.health_page.texts import Words

_SYSTEMS: Final = ("wgs84", "gcj02", "bd09")


def crs_parts(health: Health, words: Words) -> list[str]:
    """Set the evidence for each system side by side, layer by layer."""
    if not health.findings.crs:
        return [paragraph(words("crs_none"))]
    columns = (
        Column(words("layer")),
        Column(words("stated")),
        Column(words("verdict")),
        Column(words("proposal")),
        Column(words("test")),
        *(Column(system, "n") for system in _SYSTEMS),
    )
    rows = [row for finding in health.findings.crs for row in _crs_rows(finding, words)]
    return [paragraph(words("crs_lead")), table("crs-table", words("crs"), columns, rows)]


def _crs_rows(finding: CrsFinding, words: Words) -> list[Row]:
    by_test: dict[str, dict[str, str]] = {}
    for item in finding.evidence:
        told = item.zh if words.language == "zh" else item.en
        by_test.setdefault(item.test, {})[item.system] = told
    stated = finding.stated or words("not_stated")
    verdict = words.named("crs", finding.verdict)
    mark = Html(f'<span class="verdict-{escaped(finding.verdict)}">{escaped(verdict)}</span>')
    layer = f"{finding.key} ({finding.file})" if finding.file else finding.key
    return [
        Row(
            (
                layer,
                stated,
                mark,
                finding.proposal or "–",
                words.named("test", test),
                *(_of_system(by_system, system, finding, words) for system in _SYSTEMS),
            )
        )
        for test, by_system in (by_test or {"–": {}}).items()
    ]


def _of_system(
    by_system: Mapping[str, str], system: str, finding: CrsFinding, words: Words
) -> str | Html:
    """Give the evidence for one system, in bold what is stated, marked what is proposed."""
    told = by_system.get(system, "–")
    stated = "wgs84" if finding.stated in {"file", "cgcs2000"} else finding.stated
    if system == stated:
        return Html(f"<b title='{escaped(words('stated'))}'>{escaped(told)}</b>")
    if system == finding.proposal:
        return Html(f"<em title='{escaped(words('proposal'))}'>{escaped(told)}</em>")
    return told
