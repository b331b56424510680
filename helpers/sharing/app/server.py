"""The server behind the page. It answers only this computer, and stores no photo.

It isn't meant for the open internet: it has no accounts, no encryption and no limit on how often somebody asks, and it
classifies one photo at a time. To let others in, put a proxy in front of it that has all of these. The proxy must pass
on the address that the app knows itself by and leave out the page's own, for both are checked. For nginx:

    location / {
        auth_basic "flowers";  auth_basic_user_file /etc/nginx/users;  limit_req zone=photos burst=10;
        client_max_body_size 25m;
        proxy_pass http://127.0.0.1:8000;
        proxy_set_header Host 127.0.0.1:8000;
        proxy_set_header Origin "";
    }
"""

import asyncio
import contextlib
import signal
import webbrowser
from collections import Counter
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import tornado.httpserver
import tornado.netutil
import tornado.web

from helpers import config
from helpers.judging.answer import Answer
from helpers.photos.photo import PhotoError
from helpers.sharing.app.decoder import Decoder
from helpers.sharing.app.markdown import as_html
from helpers.sharing.app.worker import Worker
from helpers.sharing.bundle import Bundle, unreadable

HOST = "127.0.0.1"
_HERE = Path(__file__).parent
_KINDS = {"page.css": "text/css", "page.js": "text/javascript"}
_PATIENCE = 30  # seconds for a request's first lines, and between two requests
_BODY_PATIENCE = 120  # seconds for a photo to arrive: 25 MB at 1.7 Mbit/s
_DRAINED = 2_000_000_000  # bytes read and discarded, so that whoever sends too much can read why it was refused
_HELD = 250_000_000  # bytes of photos that are kept at a time, while they arrive or wait for their turn
_HEADERS = {
    # The page loads nothing from other places and sends nothing there.
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src blob: data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Server": "graft",
}


def make_app(bundle: Bundle) -> tornado.web.Application:
    """Return the app as tornado serves it.

    `GET /` is the page. `POST /predict` takes a photo's bytes as body and answers in JSON: `label`, `confidence`,
    `probabilities`, `known`, `distance`, `limit`, `verdict`, `reason`, `answer`; or `error`, a sentence, with a status
    of 400 or more.

    Args:
        bundle: From `load_bundle`.
    """
    decoder = Decoder(bundle.image_size, bundle.stretch)
    given = {"bundle": bundle, "worker": Worker(), "decoder": decoder, "held": Counter()}
    routes = [("/", _Page, given), (r"/(page\.css|page\.js)", _File, given), ("/predict", _Predict, given)]
    settings = {"default_handler_class": _Nowhere, "default_handler_args": given, "log_function": lambda handler: None}
    return tornado.web.Application(routes, decoder=decoder, **settings)


def serve(bundle: Bundle, port: int = 8000, on_ready: Callable[[str], None] = print) -> None:
    """Serve the page until the program is interrupted.

    Args:
        bundle: From `load_bundle`.
        port: Port of this computer; 0 takes a free one.
        on_ready: Called with the page's address once it can be opened.

    Raises:
        ValueError: If there is no such port, or another program uses it.
    """
    if not 0 <= port <= 65535:
        raise ValueError(f"Expected a port from 0 to 65535. Received: {port}. Leave --port out, or try 8000.")
    app = make_app(bundle)
    try:
        asyncio.run(_serve(app, port, on_ready))
    finally:
        app.settings["decoder"].close()  # otherwise it would first end the photo that it is at


async def _serve(app: tornado.web.Application, port: int, on_ready: Callable[[str], None]) -> None:
    # Whoever sends slowly, or nothing, would hold a connection for ever.
    patience = {"idle_connection_timeout": _PATIENCE, "body_timeout": _BODY_PATIENCE}
    server = tornado.httpserver.HTTPServer(app, max_body_size=_DRAINED, **patience)
    try:
        sockets = tornado.netutil.bind_sockets(port, HOST)
    except OSError as error:
        raise ValueError(
            f"Expected a free port. Received: {port} ({error.strerror}). Try another, such as --port 8001, or --port 0 "
            "for any free one."
        ) from None
    server.add_sockets(sockets)
    on_ready(f"http://{HOST}:{sockets[0].getsockname()[1]}/")
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        # Without these handlers, a program that was started in the background ignores Ctrl+C. Windows has none, and
        # only the main thread may set them; otherwise the exception that Ctrl+C raises ends the program.
        with contextlib.suppress(NotImplementedError, ValueError, RuntimeError):
            asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    await stopped.wait()


def open_page(address: str) -> None:
    """Open the page in this computer's default browser."""
    webbrowser.open(address)


class _Handler(tornado.web.RequestHandler):
    def initialize(self, bundle: Bundle, worker: Worker, decoder: Decoder, held: Counter) -> None:
        self.bundle, self.worker, self.decoder, self.held = bundle, worker, decoder, held

    def set_default_headers(self) -> None:
        for name, value in _HEADERS.items():
            self.set_header(name, value)

    def prepare(self) -> None:
        # A page of another site, open in the same browser, could reach this port too: under a name of its own that
        # points here, or by sending a form.
        if self.request.host_name not in (HOST, "localhost"):
            raise tornado.web.HTTPError(HTTPStatus.FORBIDDEN, reason=f"Expected {HOST} as the host name.")
        origin = self.request.headers.get("Origin")
        if origin and _host_in(origin) != self.request.host:
            raise tornado.web.HTTPError(HTTPStatus.FORBIDDEN, reason="Expected a request from this page itself.")

    def write_error(self, status_code: int, **how) -> None:
        self.finish({"error": f"{self._reason} ({status_code})"})


def _predicted(bundle: Bundle, decoder: Decoder, data: bytes) -> Answer:
    try:
        pixels = decoder.pixels(data)
    except PhotoError as error:
        raise unreadable("a file", error) from None
    return bundle.predict(pixels)


def _host_in(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc
    except ValueError:  # such as http://[
        return None


class _Nowhere(_Handler):
    def prepare(self) -> None:
        super().prepare()
        raise tornado.web.HTTPError(HTTPStatus.NOT_FOUND, reason="Expected / or /predict.")


class _Page(_Handler):
    def get(self) -> None:
        self.render(
            str(_HERE / "page.html"), bundle=self.bundle, card=as_html(self.bundle.card), limit=config.APP_PHOTO_BYTES
        )


class _File(_Handler):
    def get(self, name: str) -> None:
        self.set_header("Content-Type", f"{_KINDS[name]}; charset=utf-8")
        self.finish((_HERE / name).read_bytes())


@tornado.web.stream_request_body
class _Predict(_Handler):
    def initialize(self, bundle: Bundle, worker: Worker, decoder: Decoder, held: Counter) -> None:
        super().initialize(bundle, worker, decoder, held)
        self.received, self.parts, self.no_room, self.answering = 0, [], False, False

    def data_received(self, chunk: bytes) -> None:
        self.received += len(chunk)
        self.no_room = self.no_room or self.held.total() + len(chunk) > _HELD
        if self.received <= config.APP_PHOTO_BYTES and not self.no_room:
            self.parts.append(chunk)
            self.held[self] += len(chunk)
        else:
            self._forget()

    def on_finish(self) -> None:
        self._forget()

    def on_connection_close(self) -> None:
        if not self.answering:  # a photo that waits for its turn is kept even if nobody waits for its answer
            self._forget()

    def _forget(self) -> None:
        self.parts.clear()
        self.held.pop(self, None)

    async def post(self) -> None:
        self.answering = True
        status, told = await self._answer()
        self.set_status(status)
        await self.finish(told)

    async def _answer(self) -> tuple[HTTPStatus, dict[str, Any]]:
        if self.request.headers.get("Content-Type", "").strip().lower().startswith("multipart/"):
            return HTTPStatus.UNSUPPORTED_MEDIA_TYPE, {
                "error": "Expected a photo's bytes as the whole body. Received: a form. Send the file itself, as in: "
                "curl --data-binary @photo.jpg"
            }
        if self.received > config.APP_PHOTO_BYTES:
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE, {
                "error": f"Expected a photo of at most {config.APP_PHOTO_BYTES // 1_000_000} MB. Received: "
                f"{self.received / 1e6:.0f} MB. Make it smaller first."
            }
        if self.no_room:
            return HTTPStatus.SERVICE_UNAVAILABLE, {
                "error": f"Expected at most {_HELD // 1_000_000} MB of photos at a time. Received: more, from "
                "everybody together. Try again in a minute."
            }
        data = b"".join(self.parts)
        self.parts.clear()
        try:
            answer = await self.worker.run(_predicted, self.bundle, self.decoder, data)
        except ValueError as error:
            return HTTPStatus.UNPROCESSABLE_ENTITY, {"error": str(error)}
        return HTTPStatus.OK, {
            "label": answer.label,
            "confidence": answer.confidence,
            "probabilities": answer.probabilities,
            "known": answer.known,
            "distance": answer.distance,
            "limit": answer.limit,
            "verdict": answer.verdict,
            "reason": answer.reason,
            "answer": str(answer),
        }
