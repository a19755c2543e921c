"""Profiles as the configuration files hold them, and changing kmscli's own."""

import os
from collections.abc import Callable, Mapping
from typing import Any

from kmscli.cli.options import BINARY_FORMATS, OUTPUTS
from kmscli.cli.settings import aws_profile, config_file, read_config
from kmscli.errors import ConfigurationError, KmscliError, UsageError
from kmscli.names import DEFAULT_ACCOUNT, DEFAULT_REGION, is_account, is_region
from kmscli.vault.location import Environment, default_vault, make_private_folder
from kmscli.vault.opening import beside, sync_folder, write_private

DEFAULTS = {
    "region": DEFAULT_REGION,
    "output": "json",
    "account": DEFAULT_ACCOUNT,
    "principal": "the account's root",
    "cli_binary_format": "base64",
    "cli_timestamp_format": "iso8601",
}
"""What holds where nothing is set; the vault's place depends on the environment."""

VARIABLES = {
    "region": ("AWS_REGION", "AWS_DEFAULT_REGION"),
    "output": ("AWS_DEFAULT_OUTPUT",),
    "vault": ("KMSCLI_VAULT",),
}


class Profiles:
    """The profile that the options or the environment name; it need not be there."""

    def __init__(self, options: Mapping[str, Any], environment: Environment) -> None:
        named = options.get("profile") or environment.get("AWS_PROFILE") or environment.get("AWS_DEFAULT_PROFILE")
        self.name: str = named or "default"
        self.path = config_file(environment)
        self.config = read_config(environment)
        profiles = self.config.setdefault("profile", {})
        if not (isinstance(profiles, dict) and all(isinstance(members, dict) for members in profiles.values())):
            raise ConfigurationError(f"{self.path}: a profile is a table, such as [profile.{self.name}].")
        self.own: dict[str, Any] = profiles.get(self.name, {})
        self.aws = aws_profile(self.name, environment)
        self.is_there = self.name in profiles or self.aws is not None or self.name == "default"

    def found(self) -> dict[str, Any]:
        """What the files say of it. Raises KmscliError: there is no such profile."""
        if not self.is_there:
            raise KmscliError(f"The config profile ({self.name}) could not be found")
        return {**(self.aws or {}), **self.own}

    def change(self, members: Mapping[str, str]) -> None:
        """Set members; an empty value takes one out. Raises UsageError, ConfigurationError."""
        for member, value in members.items():
            if value and not _FITS[member](value):
                raise UsageError(f"Bad value for {member}: {value!r} is not {_WANTED[member]}")
        changed = {name: value for name, value in {**self.own, **members}.items() if value != ""}
        account, principal = changed.get("account", DEFAULT_ACCOUNT), changed.get("principal", "")
        if principal and principal.split(":")[4] != account:
            raise UsageError(f"The principal {principal} is none of the profile's account {account}")
        self._write({**self.config, "profile": {**self.config["profile"], self.name: changed}})

    def _write(self, config: dict[str, Any]) -> None:
        """Write the file aside and rename it, where a symbolic link leads to, so that it is never half written."""
        import tomli_w

        path = os.path.realpath(self.path)
        aside = beside(path)
        try:
            make_private_folder(os.path.dirname(path))
            write_private(aside, tomli_w.dumps(config).encode())
            os.replace(aside, path)
            sync_folder(os.path.dirname(path))
        except OSError as error:
            raise ConfigurationError(f"{self.path} cannot be written: {error.strerror}.") from None


class Source:
    """A member's value, the kind of place that it comes from, and the place."""

    def __init__(self, value: str, type: str, location: str) -> None:
        self.value = value
        self.type = type
        self.location = location


def where_from(member: str, profiles: Profiles, environment: Environment) -> Source:
    """What holds for a member, and why. Raises KmscliError: there is no such profile."""
    profiles.found()
    access_key = environment.get("AWS_ACCESS_KEY_ID", "")
    if member == "account" and is_account(access_key):
        return Source(access_key, "env", "AWS_ACCESS_KEY_ID")
    for variable in VARIABLES.get(member, ()):
        if environment.get(variable):
            return Source(environment[variable], "env", variable)
    if member in profiles.own:
        return Source(str(profiles.own[member]), "config-file", profiles.path)
    if profiles.aws and member in profiles.aws:
        return Source(profiles.aws[member], "aws-config-file", environment.get("AWS_CONFIG_FILE", "~/.aws/config"))
    return Source(default_vault(environment) if member == "vault" else DEFAULTS[member], "default", "")


def _is_principal(text: str) -> bool:
    parts = text.split(":", 5)
    return len(parts) == 6 and parts[0] == "arn" and parts[2] in ("iam", "sts") and is_account(parts[4])


_FITS: dict[str, Callable[[str], bool]] = {
    "region": is_region,
    "output": lambda value: value in OUTPUTS,
    "account": is_account,
    "principal": _is_principal,
    "vault": os.path.isabs,
    "cli_binary_format": lambda value: value in BINARY_FORMATS,
    "cli_timestamp_format": lambda value: value in ("iso8601", "wire"),
}
_WANTED = {
    "region": "a Region, such as eu-central-1",
    "output": f"one of {', '.join(OUTPUTS)}",
    "account": "an account id of 12 digits",
    "principal": "the ARN of a user, a role or an account's root",
    "vault": "an absolute path",
    "cli_binary_format": f"one of {', '.join(BINARY_FORMATS)}",
    "cli_timestamp_format": "one of iso8601, wire",
}
