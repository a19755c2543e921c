"""The worked examples of the docs pages: command lines that are really run (see `transcript`).

`{key}` is the id of the key that is there from the start, with the alias `alias/demo`; `secret.txt` is a file, and
`secret.encrypted` its ciphertext under that key.
"""

CONTEXT = "--encryption-context purpose=demo"
POLICY = (
    '{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"AWS":"*"}},'
    '"Action":"kms:*","Resource":"*"}}]}}'
)

EXAMPLES: dict[str, tuple[str, ...]] = {
    "cancel-key-deletion": (
        "kmscli schedule-key-deletion --key-id {key} --query DeletionDate",
        "kmscli cancel-key-deletion --key-id {key}",
        "kmscli describe-key --key-id {key} --query KeyMetadata.KeyState",
    ),
    "create-alias": (
        "kmscli create-alias --alias-name alias/payments --target-key-id {key}",
        "kmscli list-aliases --key-id {key} --query 'sort(Aliases[].AliasName)'",
    ),
    "create-key": ("kmscli create-key --description Payments --tags TagKey=team,TagValue=billing",),
    "decrypt": (
        "kmscli decrypt --ciphertext-blob fileb://secret.encrypted",
        "kmscli decrypt --ciphertext-blob fileb://secret.encrypted --plaintext-out -",
    ),
    "delete-alias": (
        "kmscli delete-alias --alias-name alias/demo",
        "kmscli describe-key --key-id alias/demo",
    ),
    "describe-key": ("kmscli describe-key --key-id alias/demo",),
    "disable-key": (
        "kmscli disable-key --key-id {key}",
        "kmscli encrypt --key-id {key} --plaintext fileb://secret.txt",
    ),
    "disable-key-rotation": (
        "kmscli enable-key-rotation --key-id {key}",
        "kmscli disable-key-rotation --key-id {key}",
        "kmscli get-key-rotation-status --key-id {key} --query KeyRotationEnabled",
    ),
    "enable-key": (
        "kmscli disable-key --key-id {key}",
        "kmscli enable-key --key-id {key}",
        "kmscli describe-key --key-id {key} --query KeyMetadata.Enabled",
    ),
    "enable-key-rotation": (
        "kmscli enable-key-rotation --key-id {key} --rotation-period-in-days 180",
        "kmscli get-key-rotation-status --key-id {key}",
    ),
    "encrypt": (
        "kmscli encrypt --key-id alias/demo --plaintext fileb://secret.txt " + CONTEXT,
        "kmscli encrypt --key-id alias/demo --plaintext fileb://secret.txt --ciphertext-out secret.bin",
        "kmscli decrypt --ciphertext-blob fileb://secret.bin --plaintext-out -",
    ),
    "generate-data-key": (
        "kmscli generate-data-key --key-id alias/demo --key-spec AES_256",
        "kmscli generate-data-key --key-id alias/demo --key-spec AES_256 --plaintext-out key --ciphertext-out key.kms",
        "wc -c < key",
    ),
    "generate-data-key-without-plaintext": (
        "kmscli generate-data-key-without-plaintext --key-id alias/demo --number-of-bytes 64",
    ),
    "generate-random": (
        "kmscli generate-random --number-of-bytes 32",
        "kmscli generate-random --number-of-bytes 32 --plaintext-out - | wc -c",
    ),
    "get-key-policy": ("kmscli get-key-policy --key-id {key} --query Policy --output text",),
    "get-key-rotation-status": ("kmscli get-key-rotation-status --key-id {key}",),
    "list-aliases": ("kmscli list-aliases",),
    "list-key-policies": ("kmscli list-key-policies --key-id {key}",),
    "list-key-rotations": (
        "kmscli rotate-key-on-demand --key-id {key}",
        "kmscli list-key-rotations --key-id {key}",
    ),
    "list-keys": (
        "kmscli list-keys",
        "kmscli list-keys --output text --query 'Keys[].KeyId'",
    ),
    "list-resource-tags": (
        "kmscli tag-resource --key-id {key} --tags TagKey=team,TagValue=billing",
        "kmscli list-resource-tags --key-id {key}",
    ),
    "put-key-policy": (
        f"kmscli put-key-policy --key-id {{key}} --policy '{POLICY}'",
        "kmscli get-key-policy --key-id {key}",
    ),
    "re-encrypt": ("kmscli re-encrypt --ciphertext-blob fileb://secret.encrypted --destination-key-id alias/demo",),
    "rotate-key-on-demand": (
        "kmscli rotate-key-on-demand --key-id {key}",
        "kmscli decrypt --ciphertext-blob fileb://secret.encrypted --plaintext-out -",
    ),
    "schedule-key-deletion": ("kmscli schedule-key-deletion --key-id {key} --pending-window-in-days 7",),
    "tag-resource": (
        "kmscli tag-resource --key-id {key} --tags TagKey=team,TagValue=billing TagKey=stage,TagValue=test",
        "kmscli list-resource-tags --key-id {key} --output text",
    ),
    "untag-resource": (
        "kmscli tag-resource --key-id {key} --tags TagKey=team,TagValue=billing TagKey=stage,TagValue=test",
        "kmscli untag-resource --key-id {key} --tag-keys stage",
        "kmscli list-resource-tags --key-id {key} --output text",
    ),
    "update-alias": (
        "kmscli create-key --query KeyMetadata.KeyId --output text > new-key-id",
        "kmscli update-alias --alias-name alias/demo --target-key-id $(cat new-key-id)",
        "kmscli describe-key --key-id alias/demo --query KeyMetadata.KeyId",
    ),
    "update-key-description": (
        "kmscli update-key-description --key-id {key} --description 'Signs nothing, encrypts much'",
        "kmscli describe-key --key-id {key} --query KeyMetadata.Description",
    ),
    "audit path": ("kmscli audit path",),
    "audit replay": (
        "kmscli decrypt --ciphertext-blob fileb://secret.encrypted --plaintext-out -",
        "kmscli audit replay",
    ),
    "audit verify": ("kmscli audit verify",),
    "vault check": ("kmscli vault check",),
    "vault init": ("kmscli --vault payments.vault vault init",),
    "vault status": ("kmscli vault status",),
}
