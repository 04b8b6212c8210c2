"""The health report as one page that opens, prints and travels with the network unplugged."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib import resources

from lastmile.health import Health, counted
from lastmile.health_page import readings, sections
from lastmile.health_page.markup import escaped, listing, paragraph, section
from lastmile.health_page.numbered import Numbered, numbered
from lastmile.health_page.suspects import map_parts
from lastmile.health_page.systems import crs_parts
from lastmile.health_page.texts import Words
from lastmile.health_page.writing import MARK

_LANGUAGES = {"zh": "zh-CN", "en": "en"}


def health_page(health: Health) -> str:
    """Lay out everything that is known of the data.

    Parameters
    ----------
    health
        From the pipeline; parts that could not be read are said to be missing.

    Returns
    -------
    str
        HTML with style, script and drawing inside; the same for the same health.
    """
    words = Words(health.language)
    marks = numbered(health.findings.suspects)
    parts = list(_sections(health, marks, words))
    titles = "".join(f'<a href="#{anchor}">{escaped(title)}</a>' for anchor, title, _ in parts)
    body = "".join(section(anchor, title, content) for anchor, title, content in parts)
    heading = escaped(f"{words('title')} · {health.name}")
    return (
        f'<!DOCTYPE html>\n<html lang="{_LANGUAGES[health.language]}"><head>'
        f'<meta charset="utf-8">{MARK}'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        # Nothing may be fetched, whatever the data hold.
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:\">"
        f"<title>{heading}</title><style>{_own('health.css')}</style></head>"
        f"<body><main>{_head(health, words)}{_verdict(health, words)}"
        f'<nav aria-label="{escaped(words("contents"))}">{titles}</nav>{body}</main>'
        f"<footer>{paragraph(words('made_by'))}{_labels(health, words)}</footer>"
        f'<script type="application/json" id="texts">{_tool_texts(words)}</script>'
        f"<script>{_own('health.js')}</script></body></html>\n"
    )


def _sections(
    health: Health, marks: Numbered, words: Words
) -> Iterator[tuple[str, str, list[str]]]:
    """Yield the anchor, the title and the parts of each section, what matters most first."""
    labels = _labels(health, words)
    built = {
        "faults": sections.fault_parts(health, words) if health.faults else [],
        "counts": sections.count_parts(health, words),
        "map": map_parts(health, marks, words, labels),
        "crs": crs_parts(health, words),
        "layers": sections.layer_parts(health, words),
        "units": readings.unit_parts(health, words),
        "unmatched": readings.unmatched_parts(health, words),
        "totals": sections.total_parts(health, words),
        "classes": sections.class_parts(health, words),
        "tallies": readings.tally_parts(health, words),
        "roads": sections.road_parts(health, words),
        "remarks": readings.remark_parts(health, words),
        "notes": sections.note_parts(health, words),
    }
    amounts = {
        "faults": len(health.faults),
        "map": len(health.findings.suspects),
        "unmatched": len(health.findings.unmatched),
        "remarks": len(health.findings.remarks),
    }
    for anchor, content in built.items():
        if content:
            amount = words("amount", f"{amounts[anchor]:,}") if anchor in amounts else ""
            yield anchor, words(anchor) + amount, content


def _head(health: Health, words: Words) -> str:
    date = "" if health.scenario is None else health.scenario.output.data_date
    notice = "" if health.scenario is None else health.scenario.output.notice
    lines = (
        words("scenario_file", health.source or words("none")),
        words("data_date", date or words("unknown_date")),
    )
    told = "".join(paragraph(line, "line") for line in lines) + paragraph(notice, "notice")
    return (
        f"<header><p class='kicker'>{escaped(words('title'))}</p><h1>{escaped(health.name)}</h1>"
        f"{told}</header>"
    )


def _verdict(health: Health, words: Words) -> str:
    """Say at the top, in plain words, whether one can go on."""
    faults, suspects = health.faults, health.findings.suspects
    doubtful = [f.key for f in health.findings.crs if f.verdict != "confirmed"]
    told = words("verdict_faults", f"{len(faults):,}") if faults else words("verdict_ok")
    sign, style = ("✘", "bad") if faults else ("✔", "good")
    below = []
    if faults:
        files = counted(health.shown(fault.file) for fault in faults)
        listed = words("comma").join(file + words("amount", f"{n:,}") for file, n in files.items())
        below.append(f"{words('by_file')}：{listed}" if health.language == "zh"
                     else f"{words('by_file')}: {listed}")  # fmt: skip
        below.append(words("verdict_more"))
    if doubtful:
        below.append(words("verdict_crs", words("comma").join(doubtful)))
    if suspects:
        below.append(words("verdict_look", f"{len(suspects):,}"))
    return (
        f'<div class="verdict {style}" role="status"><p class="told"><span aria-hidden="true">'
        f"{sign}</span> {escaped(told)}</p>{listing(below) if below else ''}</div>"
    )


def _labels(health: Health, words: Words) -> str:
    """Return what every map of ours must carry."""
    output = None if health.scenario is None else health.scenario.output
    review = "" if output is None else output.map_review_number
    labels = [words("review_number", review) if review else words("working_map"), words("osm")]
    if output is not None and output.notice:
        labels.append(output.notice)
    return paragraph(" · ".join(labels), "labels")


def _tool_texts(words: Words) -> str:
    """Give the script its words; none of them holds what could end the element."""
    keys = ("filter", "copy", "copied", "save_csv")
    told = {key: words(key) for key in keys} | {"rows_shown": words("rows_shown", "{}", "{}")}
    return json.dumps(told, ensure_ascii=False)


def _own(name: str) -> str:
    folder = resources.files("lastmile.health_page") / "web"
    return (folder / name).read_text(encoding="utf-8")
