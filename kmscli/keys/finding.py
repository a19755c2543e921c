"""Finding a key or an alias by whatever name a caller uses (reference, kms-semantics 1.5, 8.2).

A name of the caller's own account that leads nowhere is NotFound. What belongs to another account is looked up too,
but whether it is there shows only once the decision is made.
"""

from typing import Any

from kmscli.crypto.aead import NotAuthenticError
from kmscli.crypto.ciphertext_blob import material_id_of
from kmscli.errors import InvalidCiphertextException, NotFoundException
from kmscli.keys.aliases import Alias, find_alias
from kmscli.keys.key import KEY, Key, find_key, scope
from kmscli.keys.material import find_material
from kmscli.names import KeyName, alias_arn, key_arn, parse_key_name
from kmscli.vault.transaction import Transaction


class Found:
    """A thing found. `resource`: its ARN. `alias`: the alias that led to a key.

    `named`: what a refusal calls it, where whether it is there must not show: the ARN that the caller gave, or "" where
    only a ciphertext names it. Until it is decided that the caller may, the trail does not show such a thing.
    """

    def __init__(self, thing: Any, *, account: str, resource: str, alias: str = "", named: str | None = None) -> None:
        self.thing = thing
        self.account = account
        self.resource = resource
        self.alias = alias
        self.named = resource if named is None else named
        self.shows = named is None
        self.key = thing if isinstance(thing, Key) else None


def nothing(account: str) -> Found:
    """What an optional name that is not given leads to."""
    return Found(None, account=account, resource="", named="")


def key_by_name(transaction: Transaction, text: str, account: str, region: str, *, aliases: bool) -> Found:
    """A key by id or ARN, or by alias where `aliases` says so. Raises NotFoundException, InvalidArnException."""
    name = parse_key_name(text, account, region, aliases=aliases)
    own = name.account == account
    if name.alias:
        alias = find_alias(transaction, name.account, region, name.alias)
        if alias is None and own:
            raise NotFoundException(f"Alias {alias_arn(account, region, name.alias)} is not found.")
        name.key_id = alias.key_id if alias else ""
    key = find_key(transaction, name.account, region, name.key_id)
    arn = key.arn if key else key_arn(name.account, region, name.key_id)
    if key is None and own:
        raise NotFoundException(f"Key '{arn}' does not exist", mend=_elsewhere(transaction, name))
    return Found(key, account=name.account, resource=arn, alias=name.alias, named=None if own else text)


def key_by_ciphertext(transaction: Transaction, blob: bytes, region: str) -> Found:
    """The key that made a symmetric ciphertext.

    Raises InvalidCiphertextException: it is none of ours. VaultDamagedError: its material is there, and the key is not.
    """
    try:
        material_id = material_id_of(blob).hex()
    except NotAuthenticError:
        raise InvalidCiphertextException from None
    material = find_material(transaction, region, material_id)
    if material is None:
        return Found(None, account="", resource="", named="")
    key = find_key(transaction, material.account, region, material.key_id)
    if key is None:
        raise transaction.missing(KEY, scope(material.account, region), material.key_id)
    return Found(key, account=material.account, resource=key.arn, named="")


def alias_by_name(transaction: Transaction, name: str, account: str, region: str, *, new: bool) -> Found:
    """An alias of the caller's account; a `new` one need not be there. Raises NotFoundException."""
    alias: Alias | None = find_alias(transaction, account, region, name)
    arn = alias_arn(account, region, name)
    if alias is None and not new:
        raise NotFoundException(f"Alias {arn} is not found.")
    return Found(alias, account=account, resource=arn, named=None if alias else arn)


def _elsewhere(transaction: Transaction, name: KeyName) -> str:
    """The Regions of the account that hold a key of this id, for a person who forgot `--region`."""
    regions = [
        entry.value.region
        for entry in transaction.linked(KEY, 1, name.key_id.lower())
        if entry.value.account == name.account
    ]
    return f"It is in {', '.join(sorted(regions))}: use --region." if regions else ""
