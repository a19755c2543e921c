"""AWS managed keys: a service's key in an account and Region (reference, kms-semantics 13.1).

Its account may look at it, and nobody may change it; see `kmscli.authorization.decision`. It counts against no quota.
"""

from kmscli.keys.aliases import Alias, add_alias
from kmscli.keys.key import Key, next_rotation, save_key
from kmscli.keys.managed_services import Service
from kmscli.keys.material import add_material, make_material
from kmscli.keys.policies import set_policy
from kmscli.keys.rotation import DEFAULT_PERIOD
from kmscli.keys.specs import ENCRYPT_DECRYPT, SYMMETRIC_DEFAULT
from kmscli.keys.tags import set_tags
from kmscli.names import new_uuid, root_arn
from kmscli.vault.transaction import Transaction

_POLICY = """{
  "Version" : "2012-10-17",
  "Id" : "auto-%(alias)s-%(number)d",
  "Statement" : [ {
    "Sid" : "Allow access through %(name)s for all principals in the account that are authorized to use %(name)s",
    "Effect" : "Allow",
    "Principal" : {
      "AWS" : "*"
    },
    "Action" : [ "kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:CreateGrant", \
"kms:DescribeKey" ],
    "Resource" : "*",
    "Condition" : {
      "StringEquals" : {
        "kms:CallerAccount" : "%(account)s",
        "kms:ViaService" : "%(endpoint)s.%(region)s.amazonaws.com"
      }
    }
  }, {
    "Sid" : "Allow direct access to key metadata to the account",
    "Effect" : "Allow",
    "Principal" : {
      "AWS" : "%(root)s"
    },
    "Action" : [ "kms:Describe*", "kms:Get*", "kms:List*", "kms:RevokeGrant" ],
    "Resource" : "*"
  } ]
}"""


def make_managed_key(transaction: Transaction, service: Service, account: str, region: str, now: float) -> Key:
    """Make a service's key in an account and Region, with its predefined alias. It rotates every year from now on."""
    key = Key(
        account=account,
        region=region,
        key_id=new_uuid(),
        spec=SYMMETRIC_DEFAULT,
        usage=ENCRYPT_DECRYPT,
        origin="AWS_KMS",
        manager="AWS",
        created=now,
        state="Enabled",
        description=f"Default key that protects my {service.data} when no other key is defined",
        material_id="",
        rotation={"period": DEFAULT_PERIOD, "next": next_rotation(now, DEFAULT_PERIOD)},
    )
    key = key.changed(material_id=add_material(transaction, key, make_material(key.spec), order=0))
    save_key(transaction, key)
    set_policy(transaction, key, managed_policy(service, account, region))
    set_tags(transaction, key, {})
    name = f"alias/aws/{service.alias}"
    add_alias(
        transaction, Alias(name, account=account, region=region, key_id=key.key_id, created=now, updated=now), key
    )
    return key


def managed_policy(service: Service, account: str, region: str) -> str:
    """The policy of a service's key, in AWS's own white space (13.1)."""
    return _POLICY % {
        "alias": service.alias,
        "number": service.policy,
        "name": service.name,
        "endpoint": service.endpoint,
        "account": account,
        "region": region,
        "root": root_arn(account, region),
    }
