"""HTML from data of anybody's making: everything is escaped here, once."""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Html:
    """Text that is markup already, and is not escaped again."""

    text: str


Cell = str | Html


def escaped(content: Cell) -> str:
    r"""Escape a text for an element or an attribute; show characters that command as escapes.

    Examples
    --------
    >>> escaped("<b>甲 & 乙\x1b</b>"), escaped(Html("<b>"))
    ('&lt;b&gt;甲 &amp; 乙\\x1b&lt;/b&gt;', '<b>')
    """
    if isinstance(content, Html):
        return content.text
    if not content.isprintable():
        content = "".join(c if _is_shown(c) else repr(c)[1:-1] for c in content)
    return html.escape(content)


def _is_shown(character: str) -> bool:
    category = unicodedata.category(character)
    return character in "\n\t" or category[0] == "Z" or category[0] != "C"


def paragraph(content: Cell, style: str = "") -> str:
    """Return a paragraph; '' for an empty text."""
    text = escaped(content)
    return f"<p{_class(style)}>{text}</p>" if text else ""


def listing(items: Iterable[Cell]) -> str:
    """Return a bulleted list."""
    return "<ul>" + "".join(f"<li>{escaped(item)}</li>" for item in items) + "</ul>"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table."""

    header: str
    style: str = ""
    """``n`` for figures, ``long`` for sentences."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table, with the id by which a link finds it."""

    cells: Sequence[Cell]
    anchor: str = ""


def table(name: str, caption: str, columns: Sequence[Column], rows: Iterable[Row]) -> str:
    """Return a table that the page's script lets be filtered, copied and saved.

    Parameters
    ----------
    name
        Id of the table, and name of the file it is saved as.
    caption
        Read out to those who do not see it.
    columns, rows
        Of one width.
    """
    heads = "".join(
        f'<th scope="col"{_class(column.style)}>{escaped(column.header)}</th>' for column in columns
    )
    body = "".join(_row(row, columns) for row in rows)
    return (
        f'<div class="scroll"><table id="{escaped(name)}" class="tool">'
        f"<caption>{escaped(caption)}</caption>"
        f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _row(row: Row, columns: Sequence[Column]) -> str:
    cells = "".join(
        f"<td{_class(column.style)}>{escaped(cell)}</td>"
        for cell, column in zip(row.cells, columns, strict=True)
    )
    anchor = f' id="{escaped(row.anchor)}" tabindex="-1"' if row.anchor else ""
    return f"<tr{anchor}>{cells}</tr>"


def section(anchor: str, title: str, parts: Iterable[str]) -> str:
    """Return a section with its heading."""
    return (
        f'<section id="{anchor}" aria-labelledby="{anchor}-h">'
        f'<h2 id="{anchor}-h">{escaped(title)}</h2>{"".join(parts)}</section>'
    )


def _class(style: str) -> str:
    return f' class="{style}"' if style else ""
