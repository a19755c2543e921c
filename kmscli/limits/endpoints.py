"""VPC endpoints for KMS: doors in somebody's network, each with a policy on what may be called through it.

An endpoint belongs to an account and a Region. Its id is found there whoever asks: a call may come through a door that
is not the caller's.
"""

import os
from typing import Any, Self

from kmscli.vault.transaction import Entry, Kind, Transaction

PREFIX = "vpce-"
FULL_ACCESS = """{
  "Statement": [
    {
      "Action": "*", \n\
      "Effect": "Allow", \n\
      "Principal": "*", \n\
      "Resource": "*"
    }
  ]
}"""
"""The policy of an endpoint that was given none, blanks and all as AWS has it."""


class Endpoint:
    """An endpoint. `service`: the name of KMS's endpoint service; `created`: seconds since the epoch."""

    def __init__(
        self,
        endpoint_id: str,
        *,
        account: str,
        region: str,
        vpc: str,
        service: str,
        policy: str,
        subnets: list[str],
        groups: list[str],
        private_dns: bool,
        tags: dict[str, str],
        created: float,
    ) -> None:
        self.endpoint_id = endpoint_id
        self.account = account
        self.region = region
        self.vpc = vpc
        self.service = service
        self.policy = policy
        self.subnets = subnets
        self.groups = groups
        self.private_dns = private_dns
        self.tags = tags
        self.created = created

    def changed(self, **members: Any) -> Self:
        """The same with other members."""
        return type(self)(**{**vars(self), **members})


ENDPOINT: Kind[Endpoint] = Kind(56, "VPC endpoint", lambda value: Endpoint(**value), vars)


def new_endpoint_id() -> str:
    """A random id."""
    return PREFIX + os.urandom(9).hex()[:17]


def find_endpoint(transaction: Transaction, region: str, endpoint_id: str) -> Endpoint | None:
    """An endpoint of a Region, whosever it is; any text may be asked for, also such as cannot be encoded."""
    return transaction.get(ENDPOINT, region, endpoint_id) if endpoint_id.isascii() else None


def endpoints_of(transaction: Transaction, scope: str, after: bytes, limit: int) -> list[Entry]:
    """Up to `limit` endpoints of an account in a Region."""
    return transaction.linked(ENDPOINT, 1, scope, after, limit)


def save_endpoint(transaction: Transaction, endpoint: Endpoint) -> None:
    """Write an endpoint."""
    owner = f"{endpoint.account} {endpoint.region}"
    transaction.put(ENDPOINT, endpoint.region, endpoint.endpoint_id, endpoint, first=owner)


def remove_endpoint(transaction: Transaction, endpoint: Endpoint) -> None:
    """Remove an endpoint."""
    transaction.delete(ENDPOINT, endpoint.region, endpoint.endpoint_id)
