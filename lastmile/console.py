"""What the command line shows: progress bars, tables, messages, or JSON for machines."""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Final

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from lastmile.progress import Progress as Listener
from lastmile.progress import silent


class Screen:
    """One run's outlet: people read standard error, machines read standard output."""

    def __init__(self, *, quiet: bool, as_json: bool) -> None:
        self.quiet = quiet
        self.as_json = as_json
        self._out = Console(highlight=False, soft_wrap=True)
        self._err = Console(stderr=True, highlight=False, soft_wrap=True)

    @contextmanager
    def progress(self) -> Iterator[Listener]:
        """Show a bar with the time left for every stage, unless quiet."""
        if self.quiet or self.as_json:
            yield silent
            return
        bars = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[note]}", markup=False),
            console=self._err,
        )
        tasks: dict[str, TaskID] = {}

        def listen(stage: str, done: float, total: float, note: str = "") -> None:
            told = printable(note)
            if stage not in tasks:
                tasks[stage] = bars.add_task(printable(stage), total=total, note=told)
            bars.update(tasks[stage], completed=done, total=total, note=told)

        with bars:
            yield listen

    def acknowledge(self) -> None:
        """Tell people that their first Ctrl-C was heard."""
        if not (self.quiet or self.as_json):
            told = "Finishing with the best found so far; Ctrl-C again to stop at once."
            self._err.print(told, markup=False)

    def say(self, text: str) -> None:
        """Tell people a result."""
        if not (self.quiet or self.as_json):
            self._out.print(printable(text), markup=False)

    def table(self, title: str, headers: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
        """Tell people a table."""
        if self.quiet or self.as_json:
            return
        table = Table(title=Text(printable(title)), title_justify="left")
        for header in headers:
            table.add_column(Text(printable(header)))
        for row in rows:
            # As Text, for in a plain cell [brackets] would be markup.
            table.add_row(*(Text(printable(cell)) for cell in row))
        self._out.print(table, markup=False)

    def result(self, content: Mapping[str, object]) -> None:
        """Tell machines a result."""
        if self.as_json:
            text = json.dumps(_finite(content), ensure_ascii=False)
            print(_HIGH_CONTROLS.sub(_as_json, text))  # noqa: T201 - machines read it

    def fail(
        self,
        message: str,
        faults: Iterable[Mapping[str, str]] = (),
        found: Mapping[str, object] = MappingProxyType({}),
    ) -> None:
        """Tell why there is no result, and machines what was found all the same."""
        if self.as_json:
            self.result({**found, "error": message, "faults": list(faults)})
        else:
            self._err.print(printable(message), markup=False)


_HIGH_CONTROLS: Final = re.compile("[\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
"""What JSON may hold as it stands, and a terminal may obey."""


def _as_json(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"


def printable(text: str) -> str:
    r"""Write characters that a terminal would obey rather than show as their escapes.

    Names come from files of anybody's making: an escape sequence in one could clear the screen,
    rename the window or hide what follows; a change of direction could reverse a path.

    Examples
    --------
    >>> print(printable("\x1b[2J常州\u202e便利店"))
    \x1b[2J常州\u202e便利店
    """
    if text.isprintable():
        return text
    return "".join(c if _is_shown(c) else repr(c)[1:-1] for c in text)


def _is_shown(character: str) -> bool:
    # Line ends are the caller's, and wide spaces (Zs) are text.
    return character in "\n\t" or (
        unicodedata.category(character)[0] != "C"
        and (unicodedata.category(character) not in {"Zl", "Zp"})
    )


def _finite(value: object) -> object:
    """Replace what JSON cannot hold."""
    if isinstance(value, Mapping):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def people(value: float) -> str:
    """People, rounded, with thousands."""
    return f"{value:,.0f}"


def share(value: float | None) -> str:
    """Give a share in per cent, 100.0% only when it is whole; a dash where there is none.

    Examples
    --------
    >>> share(0.99996), share(1.0), share(None)
    ('99.9%', '100.0%', '–')
    """
    if value is None or math.isnan(value):
        return "–"
    return f"{value if value == 1.0 else min(value, 0.999):.1%}"
