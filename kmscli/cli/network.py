"""Calls that are sent to an endpoint: which, with whose credentials, and what cannot be asked of one."""

from typing import Any

from kmscli import __version__
from kmscli.cli.options import OWN
from kmscli.cli.settings import Settings, asked_profile, aws_config, aws_credentials
from kmscli.client.attempts import DEFAULT
from kmscli.client.calls import SERVICES, Client
from kmscli.client.endpoint import Endpoint, Place
from kmscli.errors import ConfigurationError, UsageError
from kmscli.operations.credentials import Credentials
from kmscli.operations.operation import Operation

WAIT = 60
"""Seconds to wait for a connection, and for an answer, unless the options say otherwise."""
MOST_ATTEMPTS = 1000
MEMBERS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
"""Credentials: their variables; a profile has the same in small letters."""


def client_for(settings: Settings, operation: Operation) -> Client:
    """A client of the endpoint that the settings name. A Unix socket's may know the caller without credentials.

    Raises UsageError: an option is about a vault of this machine. ConfigurationError: the endpoint is none, or may not
    be spoken to; there are no credentials; the operation is not sent.
    """
    name, url = settings.endpoint
    options = settings.options
    here = next((one.name for one in OWN if not one.answers and options.get(one.key) is not None), "")
    if here:
        raise UsageError(f"argument {here}: not allowed with {name}: it is for calls that this machine answers.")
    if operation.service not in SERVICES:
        raise ConfigurationError(f"{name} names an endpoint; calls of {operation.service} are not sent to one.")
    endpoint = Endpoint(
        Place(url),
        verifies=not options.get("no_verify_ssl"),
        bundle=str(options.get("ca_bundle") or settings.environment.get("AWS_CA_BUNDLE") or ""),
        connect_timeout=_wait(options.get("cli_connect_timeout")),
        read_timeout=_wait(options.get("cli_read_timeout")),
    )
    credentials = None if options.get("no_sign_request") else credentials_of(settings)
    if not (credentials or options.get("no_sign_request") or endpoint.place.path):
        raise ConfigurationError("Unable to locate credentials: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY give them.")
    return Client(endpoint, credentials, settings.region, f"kmscli/{__version__}", _attempts(settings))


def credentials_of(settings: Settings) -> Credentials | None:
    """From the environment, unless `--profile` names another source; then from the profile's credentials file, and
    from its configuration. None: there are none. Raises ConfigurationError: there is half of them.
    """
    environment = settings.environment
    name = asked_profile(settings.options, environment) or "default"
    lower = [member.lower() for member in MEMBERS]
    stored, configured = aws_credentials(name, environment) or {}, aws_config(name, environment) or {}
    sources: list[tuple[str, list[str]]] = [
        ("env", [] if settings.options.get("profile") else [environment.get(member, "") for member in MEMBERS]),
        ("shared-credentials-file", [stored.get(member, "") for member in lower]),
        ("config-file", [configured.get(member, "") for member in lower]),
    ]
    for source, found in sources:
        if found and found[0]:
            if not found[1]:
                raise ConfigurationError(f"Partial credentials found in {source}, missing: {lower[1]}")
            return Credentials(*found)
    return None


def _attempts(settings: Settings) -> int:
    """How often a call is sent, at most. Raises ConfigurationError: no such number."""
    environment = settings.environment
    configured = aws_config(asked_profile(settings.options, environment) or "default", environment) or {}
    given = environment.get("AWS_MAX_ATTEMPTS") or configured.get("max_attempts") or str(DEFAULT)
    if not (given.isascii() and given.isdecimal() and len(given) < 9 and 0 < int(given) <= MOST_ATTEMPTS):
        raise ConfigurationError(f"AWS_MAX_ATTEMPTS, or max_attempts, is a number from 1 to {MOST_ATTEMPTS}: {given}")
    return int(given)


def _wait(seconds: Any) -> float | None:
    """Seconds to wait; None: for ever, which 0 means."""
    return WAIT if seconds is None else float(seconds) or None
