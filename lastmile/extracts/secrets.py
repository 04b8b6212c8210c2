"""Names and passwords within addresses: sent to the server, told to nobody else."""

from __future__ import annotations

import base64
import re
import urllib.parse
from typing import Final

# Up to the @ of a host; or, of an address that nobody can read because its password holds a slash,
# up to the last @, for that is where the password may end.
_SECRET: Final = re.compile(r"//(?:[^/\s?#]*|[^/\s@:\[]*:\d*[^\d/\s@]\S*)@")

# Where https:// was forgotten; one letter before the colon is a drive of Windows.
_BARE_SECRET: Final = re.compile(r"^[^/\\\s:@]{2,}:[^/\\\s@]+@")


def redacted(text: str) -> str:
    """Return a text without the names and passwords of the addresses in it.

    Examples
    --------
    >>> redacted("https://ada:secret@maps.example/a.osm.pbf, https://maps.example/a@2.osm")
    'https://***@maps.example/a.osm.pbf, https://maps.example/a@2.osm'
    """
    return _BARE_SECRET.sub("***@", _SECRET.sub("//***@", text))


def parted(url: str) -> tuple[str, str]:
    """Part an address from the name and password in it.

    Parameters
    ----------
    url
        http or https.

    Returns
    -------
    tuple
        The bare address, and the value of the header ``Authorization``; '' where it names nobody.
    """
    parts = urllib.parse.urlsplit(url)
    who, at, host = parts.netloc.rpartition("@")
    if not at:
        return url, ""
    plain = urllib.parse.unquote(who).encode("utf-8")
    return parts._replace(netloc=host).geturl(), f"Basic {base64.b64encode(plain).decode('ascii')}"
