"""The certificate that TLS is served with: read at the start, and again when its files have been replaced."""

import ssl

from kmscli.errors import ConfigurationError


class Certificate:
    """A certificate and its private key, in PEM files. `context`: TLS for whoever listens.

    What was read last is in a context of its own, which a new connection gets when it begins: one that is loaded again
    would keep the former certificate beside a new one whose key is of another type, for clients that prefer it.
    """

    def __init__(self, certificate: str, private_key: str) -> None:
        """Raises ConfigurationError, as `read` does."""
        self.certificate = certificate
        self.private_key = private_key
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.sni_callback = self._give_newest
        self.read()

    def read(self) -> None:
        """Read the files; connections that are there keep what they have.

        Raises ConfigurationError: they cannot be used, and what was read before still is.
        """
        try:
            self._newest = self._loaded()
        except OSError as error:
            reason = getattr(error, "reason", None) or error.strerror
            raise ConfigurationError(f"{self.certificate} and {self.private_key} cannot serve TLS: {reason}.") from None

    def _loaded(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        # without a password OpenSSL would ask for one on the terminal, and serve nobody meanwhile
        context.load_cert_chain(self.certificate, self.private_key, password=lambda: "")
        return context

    def _give_newest(self, connection: ssl.SSLObject, _name: str | None, _context: ssl.SSLContext) -> None:
        """Called for every new connection, also for one that names no server."""
        connection.context = self._newest
