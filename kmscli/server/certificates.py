"""The certificate that TLS is served with: read at the start, and again when its files have been replaced."""

import ssl

from kmscli.errors import ConfigurationError


class Certificate:
    """A certificate and its private key, in PEM files. `context`: TLS with them, for new connections."""

    def __init__(self, certificate: str, private_key: str) -> None:
        """Raises ConfigurationError, as `read` does."""
        self.certificate = certificate
        self.private_key = private_key
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.read()

    def read(self) -> None:
        """Read the files; connections that are there keep what they have.

        Raises ConfigurationError: they cannot be used, and what was read before still is.
        """
        try:
            # a context whose key does not fit has the new certificate already: it must not be the one in use
            self._load(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER))
            self._load(self.context)
        except OSError as error:
            reason = getattr(error, "reason", None) or error.strerror
            raise ConfigurationError(f"{self.certificate} and {self.private_key} cannot serve TLS: {reason}.") from None

    def _load(self, context: ssl.SSLContext) -> None:
        # without a password OpenSSL would ask for one on the terminal, and serve nobody meanwhile
        context.load_cert_chain(self.certificate, self.private_key, password=lambda: "")
