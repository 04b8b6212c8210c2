"""Requests over http and https, and what their failures mean."""

from __future__ import annotations

import errno
import http.client
import socket
import ssl
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from email.message import Message
from typing import IO, Any, Final

from lastmile import __version__
from lastmile.errors import InputError
from lastmile.extracts.patience import BrokenError
from lastmile.extracts.refusals import refused
from lastmile.extracts.secrets import parted, redacted

USER_AGENT: Final = f"lastmile/{__version__}"

_SCHEMES: Final = ("http", "https")
_PASSING: Final = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Answers of a server that is busy or being restarted."""

_UNREACHABLE: Final = frozenset(
    {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ECONNREFUSED, errno.ENETDOWN, errno.EADDRNOTAVAIL}
)
_FEW_WORDS: Final = 300
_BLOCK: Final = 1 << 18
_KEPT_IN_URL: Final = "%/:=&?~#+!$,;'@()*[]"


class UnreachableError(Exception):
    """There is no way to the server: no name service, no route, or nobody listens."""


class RangeError(Exception):
    """The server has no such part of the file; the message is its Content-Range."""


def check_url(url: str) -> None:
    """Refuse addresses of other kinds than http and https."""
    try:
        parts = urllib.parse.urlsplit(url)
        _ = parts.port
    except ValueError as error:  # brackets that hold no address, a port that is none
        raise refused(
            url,
            found=f"what is no web address ({redacted(str(error))})"
            if "@" not in url
            else "what is no web address",
            expected="an address that begins with https:// or http://",
            remedy="correct it; signs of a password that mean something in addresses are written "
            "%2F for / and %40 for @",
        ) from None
    if parts.scheme.lower() not in _SCHEMES or not parts.hostname:
        raise refused(
            url,
            found=f"an address of kind {parts.scheme!r}" if parts.scheme else "no web address",
            expected="an address that begins with https:// or http://",
            remedy="give the web address of an extract; a file that is here needs no fetching",
        )


def open_answer(
    url: str,
    timeout_s: float,
    headers: Mapping[str, str] | None = None,
    form: Mapping[str, str] | None = None,
) -> http.client.HTTPResponse:
    """Send one request and return the answer, which the caller reads and closes.

    Parameters
    ----------
    url
        http or https; redirects are followed.
    timeout_s
        Seconds for connecting, and between two pieces of the answer.
    headers
        Beside the program's name.
    form
        Sent as the body of a POST.

    Raises
    ------
    BrokenError
        When it may be better the next time.
    UnreachableError
        When there is no way to the server.
    RangeError
        When the part asked for lies beyond the end of the file.
    InputError
        When the server refuses for good.
    """
    check_url(url)
    body = None if form is None else urllib.parse.urlencode(form).encode("ascii")
    told = {"User-Agent": USER_AGENT, "Accept-Encoding": "identity", **(headers or {})}
    bare, who = parted(url)
    request = urllib.request.Request(  # noqa: S310 - the scheme was checked
        urllib.parse.quote(bare, safe=_KEPT_IN_URL), data=body, headers=told
    )
    if who:  # for this server alone, wherever it sends us
        request.add_unredirected_header("Authorization", who)
    try:
        response: http.client.HTTPResponse = _opener().open(request, timeout=timeout_s)
    except urllib.error.HTTPError as error:
        with error:
            raise _meaning_of_status(url, error) from None
    except urllib.error.URLError as error:
        raise _meaning_of_failure(url, error.reason) from None
    except InputError:
        raise
    except (ValueError, OverflowError) as error:  # ours was read before: it led to another
        raise _bad_redirect(url, str(error)) from None
    except (OSError, http.client.HTTPException) as error:
        raise _meaning_of_failure(url, error) from None
    return response


def blocks_of(url: str, response: http.client.HTTPResponse) -> Iterator[bytes]:
    """Read an answer block by block; where the connection breaks, :class:`BrokenError`."""
    while True:
        try:
            block = response.read1(_BLOCK)
        except (OSError, http.client.HTTPException, ValueError) as error:
            failure = _meaning_of_failure(url, error)
            raise BrokenError(str(failure)) from None
        if not block:
            if response.length:  # http.client says nothing of it
                raise BrokenError(
                    f"the connection was cut {response.length:,} bytes before its end"
                )
            return
        yield block


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows a server to another address, but never out of encryption."""

    def http_error_302(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message
    ) -> Any:  # noqa: ANN401 - as the library has it
        """Follow, or refuse an address that cannot be read; the answer is closed then."""
        shaped: Any = headers
        try:
            return super().http_error_302(req, fp, code, msg, shaped)
        except InputError:
            raise
        except ValueError as error:
            fp.close()
            raise _bad_redirect(req.full_url, str(error)) from None

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: Message,
        newurl: str,
    ) -> urllib.request.Request | None:
        """Say where to go next, or refuse."""
        before, after = urllib.parse.urlsplit(req.full_url), urllib.parse.urlsplit(newurl)
        _ = after.port  # a ValueError if it is none
        leaves_https = before.scheme == "https" and after.scheme != "https"
        if leaves_https or after.scheme not in _SCHEMES:
            fp.close()
            raise refused(
                req.full_url,
                found=f"a redirect to {redacted(newurl)}",
                expected=f"a redirect that stays with {before.scheme}",
                remedy="give the address to which it leads, if you trust it",
            )
        shaped: Any = headers
        return super().redirect_request(req, fp, code, msg, shaped, newurl)


def _opener() -> urllib.request.OpenerDirector:
    """Speak http and https alone; the ready-made opener would read local files, too."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
        urllib.request.UnknownHandler(),
        _Redirects(),
    ):
        opener.add_handler(handler)
    return opener


def _bad_redirect(url: str, words: str) -> InputError:
    return refused(
        url,
        found=f"a redirect to what is no web address ({words})",
        expected="an address that can be asked",
        remedy="tell those who run the server, or find the address to which it should lead",
    )


def _meaning_of_status(url: str, error: urllib.error.HTTPError) -> Exception:
    told = f"the answer {error.code} {error.reason}"
    if error.code in _PASSING:
        return BrokenError(told, retry_after_s=_seconds(error.headers.get("Retry-After", "")))
    if error.code == http.client.REQUESTED_RANGE_NOT_SATISFIABLE:
        return RangeError(error.headers.get("Content-Range", ""))
    words = _words_of(error)
    return refused(
        url,
        found=f"{told} ({words})" if words else told,
        expected="what was asked for",
        remedy="correct the address; open it in a browser to see what is there",
    )


def _meaning_of_failure(url: str, reason: object) -> Exception:
    if isinstance(reason, ssl.SSLCertVerificationError):
        return refused(
            url,
            found=f"a certificate that cannot be trusted ({reason.verify_message})",
            expected="the server's own certificate",
            remedy="check the clock of this machine; behind a proxy that opens https, name its "
            "certificate in the environment variable SSL_CERT_FILE",
        )
    if isinstance(reason, (http.client.InvalidURL, UnicodeError)):
        return refused(
            url, found=str(reason), expected="an address that can be sent", remedy="correct it"
        )
    if isinstance(reason, str):  # urllib's own words, of an address without a host
        return _bad_redirect(url, reason)
    words = str(reason) or type(reason).__name__
    is_unreachable = isinstance(reason, socket.gaierror) or (
        isinstance(reason, OSError) and reason.errno in _UNREACHABLE
    )
    return UnreachableError(words) if is_unreachable else BrokenError(words)


def _seconds(text: str) -> float:
    """Read Retry-After where it is a number; a date is passed over."""
    return float(text) if text.strip().isdecimal() else 0.0


def _words_of(error: urllib.error.HTTPError) -> str:
    """Take the beginning of what a server says about its refusal, if that is plain text."""
    if "plain" not in error.headers.get("Content-Type", ""):
        return ""
    try:
        return error.read(_FEW_WORDS).decode("utf-8", errors="replace").strip()
    except (OSError, http.client.HTTPException):
        return ""
