"""Who calls, from where, and how answers look: from options, the environment and the configuration files.

In this order: option, environment, kmscli's `config.toml`, then `~/.aws/config`, of which only `region` and `output`
are taken (design, "Who calls, and what fails how"). A machine full of real AWS settings changes nothing else.
"""

import os
from functools import cache
from typing import Any

from kmscli import __version__
from kmscli.engine import Caller
from kmscli.errors import ConfigurationError, KmscliError, UsageError
from kmscli.names import DEFAULT_ACCOUNT, DEFAULT_REGION, is_account, is_caller_arn, is_region, session_arn
from kmscli.vault.location import Environment, default_folder

NETWORK = ("KMSCLI_ENDPOINT_URL", "AWS_ENDPOINT_URL_KMS")
PROFILE_MEMBERS = (
    "region", "output", "account", "principal", "vault", "cli_binary_format", "cli_timestamp_format",
)  # fmt: skip


SERVICE = ".amazonaws.com"
"""How the name of a service ends that calls by itself."""


class Settings:
    """What a call is made with. `profile`: the profile's members."""

    def __init__(self, options: dict[str, Any], environment: Environment) -> None:
        self.options = options
        self.environment = environment
        self.profile = read_profile(options, environment)

    @property
    def endpoint(self) -> tuple[str, str]:
        """What names the endpoint that calls are sent to, and its URL; both empty where they are answered here."""
        if self.options.get("endpoint_url"):
            return "--endpoint-url", str(self.options["endpoint_url"])
        name = next((name for name in NETWORK if self.environment.get(name)), "")
        return name, self.environment.get(name, "")

    def stay_here(self) -> None:
        """Raises ConfigurationError: an endpoint is named, but this is done on a vault of this machine alone."""
        name, _ = self.endpoint
        if name:
            raise ConfigurationError(f"{name} names an endpoint; this is done on a vault of this machine alone.")

    @property
    def chosen_output(self) -> str:
        """The output format that somebody chose; empty if nobody did."""
        named = self.options.get("output") or self.environment.get("AWS_DEFAULT_OUTPUT") or self.profile.get("output")
        return str(named or "")

    @property
    def output(self) -> str:
        """The output format."""
        chosen = self.chosen_output
        if chosen and chosen not in ("json", "text", "table", "yaml", "yaml-stream", "off"):
            raise ConfigurationError(f"Unknown output type: {chosen}")
        return chosen or "json"

    @property
    def region(self) -> str:
        """The Region. Raises KmscliError: not a Region's name."""
        chosen = (
            self.options.get("region")
            or self.environment.get("AWS_REGION")
            or self.environment.get("AWS_DEFAULT_REGION")
            or self.profile.get("region")
            or DEFAULT_REGION
        )
        if not is_region(chosen):
            raise KmscliError(f"Provided region_name '{chosen}' doesn't match a supported format.")
        return str(chosen)

    def caller(self) -> Caller:
        """The principal that calls: the one that is named, the profile's, or the account's root."""
        named = str(self.options.get("principal") or "")
        if named.endswith(SERVICE):
            return self._caller(self._configured()[0], "").as_service(service_name(named), self._source_arn(named))
        account, principal = named_principal(named) if named else self._configured()
        caller = self._caller(account, principal)
        service = self.options.get("via_service")
        self._source_arn("")
        return caller.through(service_name(service)) if service else caller

    def _source_arn(self, service: str) -> str:
        """What `--source-arn` names. Raises UsageError: no ARN, or nobody calls on its behalf."""
        given = str(self.options.get("source_arn") or "")
        if given and (not service or not given.startswith("arn:") or given.count(":") < 5):
            raise UsageError("argument --source-arn: an ARN, where --as names a service.")
        return given

    def _caller(self, account: str, principal: str) -> Caller:
        return Caller(
            account,
            self.region,
            arn=principal,
            agent=f"kmscli/{__version__}",
            door="command line",
            uid=os.getuid(),
            user=user_name(os.getuid()),
        )

    def _configured(self) -> tuple[str, str]:
        """The account, and the principal if it is another than its root."""
        access_key = self.environment.get("AWS_ACCESS_KEY_ID", "")
        account = access_key if is_account(access_key) else str(self.profile.get("account", DEFAULT_ACCOUNT))
        if not is_account(account):
            raise ConfigurationError(f"The profile's account is not an account id of 12 digits: {account}")
        principal = "" if is_account(access_key) else str(self.profile.get("principal", ""))
        if principal and principal.split(":")[4:5] != [account]:
            raise ConfigurationError(f"The profile's principal is none of account {account}: {principal}")
        return account, principal


def named_principal(text: str) -> tuple[str, str]:
    """The account of a principal that `--as` names, and its ARN; empty for an account's root.

    A role does not call; one is named for a session of it. Raises UsageError: it is no principal.
    """
    if is_account(text):
        return text, ""
    if not is_caller_arn(text):
        raise UsageError(
            f"argument --as: {text} is neither an account id, nor the ARN of a user, role or session, nor a service."
        )
    account = text.split(":")[4]
    return account, session_arn(text, "kmscli") if ":role/" in text else text


def service_name(text: str) -> str:
    """The service that `--via-service` names. Raises UsageError."""
    if not (text.isascii() and text.replace("-", "").replace(".", "").isalnum() and text == text.lower()):
        raise UsageError(f"argument --via-service: {text} is not a service's name, as s3 is.")
    return text


@cache
def user_name(uid: int) -> str:
    """The name of a user, or its number where it has none."""
    import pwd

    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def config_file(environment: Environment) -> str:
    """kmscli's own configuration file."""
    return os.path.join(default_folder("config", environment), "config.toml")


def read_config(environment: Environment) -> dict[str, Any]:
    """kmscli's configuration. Raises ConfigurationError: not TOML."""
    path = config_file(environment)
    if not os.path.exists(path):
        return {}
    import tomllib

    try:
        with open(path, "rb") as stream:
            return tomllib.load(stream)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} is not valid TOML: {error}") from None
    except RecursionError:
        raise ConfigurationError(f"{path} is nested too deeply.") from None
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}") from None


def read_profile(options: dict[str, Any], environment: Environment) -> dict[str, Any]:
    """The members of the profile that is asked for, as text.

    Raises KmscliError: there is no such profile. ConfigurationError: kmscli's own is not a table.
    """
    asked = asked_profile(options, environment)
    name = asked or "default"
    own = own_profile(name, environment)
    aws = aws_profile(name, environment)
    if asked and asked != "default" and own is None and aws is None:
        raise KmscliError(f"The config profile ({asked}) could not be found")
    return {**(aws or {}), **(own or {})}


def asked_profile(options: dict[str, Any], environment: Environment) -> str:
    """The name of the profile that is asked for; empty if none is."""
    named = options.get("profile") or environment.get("AWS_PROFILE") or environment.get("AWS_DEFAULT_PROFILE")
    return str(named or "")


def own_profile(name: str, environment: Environment) -> dict[str, str] | None:
    """A profile of kmscli's `config.toml`; None if there is no such profile. Raises ConfigurationError: not a table."""
    profiles = read_config(environment).get("profile", {})
    own = profiles.get(name) if isinstance(profiles, dict) else profiles
    if own is None:
        return None
    if isinstance(own, dict):
        return {member: str(value) for member, value in own.items()}
    raise ConfigurationError(f"{config_file(environment)} has no table [profile.{name}], but something else there.")


def aws_profile(name: str, environment: Environment) -> dict[str, str] | None:
    """Region and output of a profile of `~/.aws/config`; None if there is no such profile."""
    found = aws_config(name, environment)
    if found is None:
        return None if aws_credentials(name, environment) is None else {}
    return {member: found[member] for member in ("region", "output") if member in found}


def aws_config(name: str, environment: Environment) -> dict[str, str] | None:
    """A profile of `~/.aws/config`; None if there is no such profile."""
    sections = [f"profile {name}", f'profile "{name}"', f"profile '{name}'", *([name] if name == "default" else [])]
    return ini_section(environment.get("AWS_CONFIG_FILE", "~/.aws/config"), sections)


def aws_credentials(name: str, environment: Environment) -> dict[str, str] | None:
    """A profile of `~/.aws/credentials`; None if there is no such profile."""
    return ini_section(environment.get("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials"), [name])


def ini_section(path: str, sections: list[str]) -> dict[str, str] | None:
    """The first of some sections that an AWS configuration file has; None if it has none, or is not to be read."""
    path = os.path.expanduser(path)
    if not os.path.isfile(path):
        return None
    import configparser

    parser = configparser.RawConfigParser(default_section="\0", strict=False)
    try:
        with open(path, encoding="utf-8") as stream:
            parser.read_file(stream)
    except (OSError, UnicodeDecodeError, configparser.Error):
        return None
    return next((dict(parser[section]) for section in sections if parser.has_section(section)), None)
