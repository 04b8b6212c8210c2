"""A web server on this machine that misbehaves as it is told."""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class File:
    """What stands at an address."""

    body: bytes
    etag: str = '"one"'
    last_modified: str = ""
    has_ranges: bool = True
    says_length: bool = True
    kind: str = "application/octet-stream"


@dataclass
class Trouble:
    """What goes wrong with one answer."""

    status: int = 0
    headers: dict = field(default_factory=dict)
    body: bytes = b""
    drop_after: int | None = None
    """Bytes of the body after which the connection is closed."""

    stall_s: float = 0.0
    """Silence before the first byte, and again after ``drop_after``."""

    length_plus: int = 0
    """By how much the stated length is wrong."""

    range_shift: int = 0
    """By how much the part begins elsewhere than was asked."""


class Site:
    """Files, troubles to come, and what was asked."""

    def __init__(self):
        self.files: dict[str, File] = {}
        self.troubles: dict[str, list[Trouble]] = {}
        self.requests: list[tuple[str, str, dict, bytes]] = []
        self.sent: list[int] = []
        self.url = ""

    def put(self, path, body, **more):
        self.files[path] = File(body, **more)
        return self.url + path

    def trouble(self, path, *troubles):
        self.troubles.setdefault(path, []).extend(troubles)

    def asked(self, path):
        """Headers of all requests for a path."""
        return [headers for _, place, headers, _ in self.requests if place == path]


class _Handler(BaseHTTPRequestHandler):
    site: Site

    def log_message(self, *_):
        pass

    def do_POST(self):
        length = int(self.headers.get("Content-Length", 0))
        self._serve(self.rfile.read(length))

    def do_GET(self):
        self._serve(b"")

    def _serve(self, form):
        site, path = self.site, self.path.partition("?")[0]
        site.requests.append((self.command, path, dict(self.headers), form or self.path.encode()))
        waiting = site.troubles.get(path, [])
        trouble = waiting.pop(0) if waiting else Trouble()
        time.sleep(trouble.stall_s)
        file = site.files.get(path)
        if trouble.status:
            self._send(trouble.status, trouble.headers, trouble.body, trouble)
        elif file is None:
            self._send(404, {"Content-Type": "text/html"}, b"<html>no</html>", trouble)
        else:
            self._send_file(file, trouble)

    def _send_file(self, file, trouble):
        headers = {"Content-Type": file.kind}
        if file.etag:
            headers["ETag"] = file.etag
        if file.last_modified:
            headers["Last-Modified"] = file.last_modified
        wanted, guard = self.headers.get("Range"), self.headers.get("If-Range")
        is_same = guard in {None, file.etag, file.last_modified}
        if not (wanted and file.has_ranges and is_same):
            self._send(200, headers, file.body, trouble, says_length=file.says_length)
            return
        first = int(wanted.removeprefix("bytes=").rstrip("-")) + trouble.range_shift
        total = len(file.body)
        if first >= total:
            self._send(416, {"Content-Range": f"bytes */{total}"}, b"", trouble)
            return
        headers["Content-Range"] = f"bytes {first}-{total - 1}/{total}"
        self._send(206, headers, file.body[first:], trouble)

    def _send(self, status, headers, body, trouble, *, says_length=True):
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key, value)
        if says_length:
            self.send_header("Content-Length", str(len(body) + trouble.length_plus))
        self.end_headers()
        part = body if trouble.drop_after is None else body[: trouble.drop_after]
        try:
            self.wfile.write(part)
            self.wfile.flush()
        except OSError:
            return  # whoever asked has gone
        self.site.sent.append(len(part))
        if trouble.drop_after is not None:
            time.sleep(trouble.stall_s)
        self.close_connection = True


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False


@contextmanager
def running():
    """Serve on 127.0.0.1, at a port of the system's choice."""
    site = Site()
    handler = type("Handler", (_Handler,), {"site": site})
    with _Server(("127.0.0.1", 0), handler) as server:
        site.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield site
        finally:
            server.shutdown()
            thread.join()
