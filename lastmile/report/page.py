"""A page of HTML for printing on A4: nothing in it is fetched from anywhere."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from lastmile.report.texts import Language

_CSS = """
@page { size: A4; margin: 12mm; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 186mm; padding: 6mm 0; color: #222; background: #fff;
  font: 10.5pt/1.45 "Microsoft YaHei", "PingFang SC", "Noto Sans CJK SC", "Noto Sans SC",
  "Source Han Sans SC", "WenQuanYi Micro Hei", SimHei, sans-serif; overflow-wrap: anywhere; }
header { display: flex; gap: 6mm; justify-content: space-between; align-items: flex-start;
  border-bottom: 2px solid #1f4e79; padding-bottom: 3mm; margin-bottom: 4mm; }
h1 { font-size: 18pt; margin: 0; color: #1f4e79; }
h2 { font-size: 12pt; margin: 5mm 0 2mm; color: #1f4e79; }
p { margin: 1mm 0; }
.plan { color: #555; max-height: 3em; overflow: hidden; }
.big { font-size: 12.5pt; font-weight: bold; margin-top: 2mm; }
.blanks span { display: inline-block; margin-right: 7mm; white-space: nowrap; }
.blanks i { display: inline-block; width: 30mm; border-bottom: 1px solid #555; }
.qr { display: flex; flex-wrap: wrap; gap: 3mm; justify-content: flex-end; }
.qr figure { margin: 0; width: 34mm; text-align: center; font-size: 7pt; line-height: 1.25;
  color: #555; }
.qr svg { width: 34mm; height: 34mm; display: block; }
.strip { width: 100%; height: auto; display: block; border: 1px solid #bbb; font-family: inherit; }
table { width: 100%; border-collapse: collapse; font-size: 9.5pt; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
th, td { border: 1px solid #999; padding: 1.4mm 1.8mm; text-align: left; vertical-align: middle; }
th { background: #1f4e79; color: #fff; white-space: nowrap; font-weight: bold;
  print-color-adjust: exact; -webkit-print-color-adjust: exact; }
tbody tr { height: 9mm; }
td.n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
td.t { text-align: center; white-space: nowrap; font-variant-numeric: tabular-nums; }
td.id { font-size: 8pt; min-width: 21mm; color: #555; }
td.sign { min-width: 24mm; }
.end td { background: #f0f0ee; }
small { color: #666; font-weight: normal; font-size: 8.5pt; margin-left: 4mm; }
small b { display: inline-block; width: 3mm; height: 3mm; vertical-align: -0.3mm;
  print-color-adjust: exact; -webkit-print-color-adjust: exact; }
small b.d { background: #222; }
small b.s { background: #d95f02; border-radius: 50%; margin-left: 3mm; }
footer { margin-top: 5mm; border-top: 1px solid #999; padding-top: 2mm; font-size: 8.5pt;
  color: #555; }
@media print { body { padding: 0; } a { color: inherit; text-decoration: none; } }
"""


def page(title: str, language: Language, body: str, closing_lines: Iterable[str]) -> str:
    """Put a body into a whole page.

    Parameters
    ----------
    title
        Plain text.
    language
        Language of the page.
    body
        HTML, with all users' text already escaped.
    closing_lines
        Plain text, one line each, at the foot.
    """
    foot = "".join(f"<p>{escape(line)}</p>" for line in closing_lines)
    tag = "zh-CN" if language == "zh" else "en"
    return (
        f'<!DOCTYPE html>\n<html lang="{tag}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{_CSS}</style>\n</head>\n"
        f"<body>\n{body}\n<footer>{foot}</footer>\n</body>\n</html>\n"
    )


def row(cells: Iterable[tuple[str, str]], kind: str = "") -> str:
    """Write a table row of (class, plain text) cells."""
    inner = "".join(
        f'<td class="{css}">{escape(words)}</td>' if css else f"<td>{escape(words)}</td>"
        for css, words in cells
    )
    return f'<tr class="{kind}">{inner}</tr>' if kind else f"<tr>{inner}</tr>"


def table(headers: Iterable[str], rows: Iterable[str]) -> str:
    """Write a table whose header repeats on every printed page; rows are HTML."""
    head = "".join(f"<th>{escape(words)}</th>" for words in headers)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
