"""What to say to somebody whose machine, or whose server, cannot be reached."""

from __future__ import annotations

import shlex
import urllib.parse
from pathlib import Path

from lastmile.errors import InputError
from lastmile.extracts.refusals import refused


def no_way_to(url: str, target: Path, reason: str, *, by_hand: str) -> InputError:
    """Return the one message: what was tried, what is wrong, and how to do without.

    Parameters
    ----------
    url
        What was tried.
    target
        Where the file was to be put.
    reason
        The system's words.
    by_hand
        What to fetch on a machine that is connected.
    """
    host = urllib.parse.urlsplit(url).hostname or url
    return refused(
        url,
        found=f"no way to {host}: {reason}; this machine is offline, behind a proxy that is not "
        "set (environment variable https_proxy), or the server is away",
        expected="a server that answers",
        remedy=f"{by_hand} on a machine that is connected, put it at {target}, and look into it "
        f"with: lastmile osm check {shlex.quote(str(target))}",
    )
