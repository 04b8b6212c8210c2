"""One fault, raised at once: what is wrong with a file or an address ends the command."""

from __future__ import annotations

from lastmile.errors import Fault, InputError
from lastmile.extracts.secrets import redacted


def refused(file: object, *, found: str, expected: str, remedy: str, where: str = "") -> InputError:
    """Return the error to raise for one fault; passwords within addresses are not told.

    Examples
    --------
    >>> raise refused("a.osm", found="no roads", expected="roads", remedy="use another file")
    Traceback (most recent call last):
    ...
    lastmile.errors.InputError: 1 fault in the input:
      1. a.osm: found no roads; expected roads. Remedy: use another file.
    """
    told = (redacted(part) for part in (str(file), where, found, expected, remedy))
    return InputError([Fault(*told)])
