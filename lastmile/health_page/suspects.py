"""The section of the map: the drawing, its legend, and the table of what is numbered on it."""

from __future__ import annotations

from collections.abc import Mapping

from lastmile.findings import Suspect
from lastmile.health import Health
from lastmile.health_page.map import Style, draw_map, pin, styles_of
from lastmile.health_page.markup import Column, Html, Row, escaped, paragraph, table
from lastmile.health_page.numbered import Numbered
from lastmile.health_page.phrases import in_chinese
from lastmile.health_page.texts import Words


def map_parts(health: Health, marks: Numbered, words: Words, labels: str) -> list[str]:
    """Return the parts of the section.

    Parameters
    ----------
    health
        Its ground is drawn.
    marks
        The suspicious places, numbered.
    words
        Of the page's language.
    labels
        What every map must carry, as markup.
    """
    svg, n_beyond = draw_map(health.ground, marks, words, words("map"))
    parts = [paragraph(words("map_lead"))] if svg else [paragraph(words("map_none"))]
    if svg:
        parts.append(
            f'<figure>{_buttons(words)}<div class="sheet">{svg}</div>'
            f"<figcaption>{_legend(health, marks, words)}{labels}</figcaption></figure>"
        )
    if not marks.kinds:
        return [*parts, paragraph(words("no_suspects"))]
    if n_beyond:
        parts.append(paragraph(words("outside_frame", f"{n_beyond:,}"), "line"))
    parts += [
        paragraph(words("not_listed", words.named("kind", kind), f"{n:,}"), "line")
        for kind, n in marks.unlisted().items()
    ]
    return [*parts, _table(marks, words)]


def _table(marks: Numbered, words: Words) -> str:
    styles = styles_of(marks)
    columns = (
        Column(words("number"), "n"),
        Column(words("kind")),
        Column(words("layer")),
        Column(words("file")),
        Column(words("where")),
        Column(words("told"), "long"),
        Column(words("lon_lat"), "place"),
    )
    rows = [_row(number, suspect, styles, words) for number, suspect in marks.listed]
    return table("suspects", words("map"), columns, rows)


def _row(number: int, suspect: Suspect, styles: Mapping[str, Style], words: Words) -> Row:
    kind = escaped(words.named("kind", suspect.kind))
    cells = (
        Html(f'<a href="#m{number}">{number}</a>'),
        Html(f"{pin(styles[suspect.kind])}{kind}"),
        suspect.key,
        suspect.file,
        in_chinese(suspect.where) if words.language == "zh" else suspect.where,
        suspect.zh if words.language == "zh" else suspect.en,
        f"{suspect.lon:.6f}, {suspect.lat:.6f}",
    )
    return Row(cells, f"s{number}")


def _legend(health: Health, marks: Numbered, words: Words) -> str:
    """Name every sign of the map that is there, kinds with how many there are."""
    styles, ground = styles_of(marks), health.ground
    entries = [
        f"<li>{pin(styles[kind])}{escaped(words.named('kind', kind))} {n:,}</li>"
        for kind, n in marks.kinds.items()
    ]
    sites = ground.sites
    roles = [] if sites is None else sites["role"].unique().tolist()
    there = {
        "unit": ground.units is not None,
        "road": ground.roads is not None,
        "people": ground.demand is not None,
        "candidate": any(role != "existing" for role in roles),
        "existing": "existing" in roles,
        "depot": ground.depots is not None and not ground.depots.empty,
    }
    entries += [
        f'<li><i class="sign s-{name}" aria-hidden="true"></i>'
        f"{escaped(words(f'legend_{name}'))}</li>"
        for name, is_there in there.items()
        if is_there
    ]
    return f'<ul class="legend">{"".join(entries)}</ul>'


def _buttons(words: Words) -> str:
    names = (("in", "zoom_in", "+"), ("out", "zoom_out", "−"), ("all", "whole", ""))
    return '<div class="zoom">' + "".join(
        f'<button type="button" data-zoom="{name}" aria-label="{escaped(words(key))}">'
        f"{sign or escaped(words(key))}</button>"
        for name, key, sign in names
    ) + "</div>"  # fmt: skip
