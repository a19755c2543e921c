"""An endpoint: where it is, and one exchange of HTTP with it. Failures are worded as botocore words them."""

import http.client
import ipaddress
import socket
import ssl
from collections.abc import Mapping
from urllib.parse import urlsplit

from kmscli.errors import ConfigurationError, KmscliError

LONGEST_ANSWER = 64 * 1024 * 1024


class Place:
    """Where an endpoint is: a Unix socket's `path`, or a host and port; `target` is the path of its requests.

    Raises ConfigurationError: the URL is none, or asks for calls to leave this machine in clear.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.path = url.removeprefix("unix:") if url.startswith("unix:") else ""
        self.target, self.header, self.is_secure = "/", "localhost", False
        if not self.path:
            self._read(url)

    def _read(self, url: str) -> None:
        parts = urlsplit(url) if url.isascii() and url.isprintable() and " " not in url else None
        try:
            host, port = (parts.hostname, parts.port) if parts else (None, None)
        except ValueError:
            host, port = None, None
        if not parts or not host or parts.username or parts.query or parts.scheme not in ("http", "https"):
            raise ConfigurationError(f"Invalid endpoint: {url}")
        self.is_secure = parts.scheme == "https"
        if not self.is_secure and not is_loopback(host):
            raise ConfigurationError(f"{url} is not on this machine: calls leave it by https alone.")
        self.host, self.port = host, port or (443 if self.is_secure else 80)
        self.header = f"[{host}]" if ":" in host else host
        if port:
            self.header += f":{port}"
        self.target = parts.path or "/"


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Endpoint:
    """An endpoint and how it is spoken to. `verifies`: its certificate is checked, against those of a `bundle`, if one
    is given. Waits are in seconds; None waits for ever.
    """

    def __init__(
        self, place: Place, *, verifies: bool, bundle: str, connect_timeout: float | None, read_timeout: float | None
    ) -> None:
        self.place = place
        self.connect_timeout = connect_timeout
        self.read_timeout = read_timeout
        self.tls = _tls(verifies=verifies, bundle=bundle) if place.is_secure else None

    def post(self, headers: Mapping[str, str], body: bytes) -> tuple[int, bytes]:
        """The status and body of the answer to a request. Raises KmscliError: there is none."""
        connection = self._connected()
        url = self.place.url
        try:
            connection.request("POST", self.place.target, body, headers)
            return _answer_on(connection)
        except TimeoutError:
            raise KmscliError(f'Read timeout on endpoint URL: "{url}"') from None
        except (OSError, http.client.HTTPException):
            said = "Connection was closed before we received a valid response from endpoint URL"
            raise KmscliError(f'{said}: "{url}".') from None
        finally:
            connection.close()

    def _connected(self) -> http.client.HTTPConnection:
        place, url = self.place, self.place.url
        connection: http.client.HTTPConnection
        if place.path:
            connection = _UnixConnection(place.path, self.connect_timeout)
        elif self.tls:
            connection = http.client.HTTPSConnection(
                place.host, place.port, timeout=self.connect_timeout, context=self.tls
            )
        else:
            connection = http.client.HTTPConnection(place.host, place.port, timeout=self.connect_timeout)
        try:
            connection.connect()
        except TimeoutError:
            raise KmscliError(f'Connect timeout on endpoint URL: "{url}"') from None
        except ssl.SSLError as error:
            raise KmscliError(f"SSL validation failed for {url} {error.strerror or error}") from None
        except (OSError, UnicodeError):
            raise KmscliError(f'Could not connect to the endpoint URL: "{url}"') from None
        connection.sock.settimeout(self.read_timeout)
        return connection


def _answer_on(connection: http.client.HTTPConnection) -> tuple[int, bytes]:
    answer = connection.getresponse()
    content = answer.read(LONGEST_ANSWER)
    if answer.length:
        raise http.client.IncompleteRead(content, answer.length)
    return answer.status, content


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str, timeout: float | None) -> None:
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def _tls(*, verifies: bool, bundle: str) -> ssl.SSLContext:
    """Raises ConfigurationError: the bundle cannot be read."""
    try:
        context = ssl.create_default_context(cafile=bundle or None)
    except OSError as error:
        raise ConfigurationError(f"{bundle} holds no certificates: {error.strerror}.") from None
    if not verifies:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
