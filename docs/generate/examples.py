"""The worked examples of the docs pages: command lines that are really run (see `transcript`).

`{key}` is the id of the key that is there from the start, with the alias `alias/demo`; `secret.txt` is a file, and
`secret.encrypted` its ciphertext under that key.
"""

CONTEXT = "--encryption-context purpose=demo"
POLICY = (
    '{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"AWS":"*"}},'
    '"Action":"kms:*","Resource":"*"}}]}}'
)
GRANT = (
    "kmscli create-grant --key-id {key} --grantee-principal arn:aws:iam::111122223333:user/alice "
    "--operations Encrypt Decrypt"
)

SIGNER = (
    "kmscli create-key --key-spec ECC_NIST_EDWARDS25519 --key-usage SIGN_VERIFY "
    "--query KeyMetadata.KeyId --output text > signer"
)
MAC_KEY = (
    "kmscli create-key --key-spec HMAC_256 --key-usage GENERATE_VERIFY_MAC "
    "--query KeyMetadata.KeyId --output text > mac-key"
)
KEM_KEY = (
    "kmscli create-key --key-spec ML_KEM_768 --key-usage ENCAPSULATE_DECAPSULATE "
    "--query KeyMetadata.KeyId --output text > kem-key"
)
AGREER = (
    "kmscli create-key --key-spec ECC_NIST_P256 --key-usage KEY_AGREEMENT "
    "--query KeyMetadata.KeyId --output text > agreer"
)
SIGN = "kmscli sign --key-id $(cat signer) --message fileb://secret.txt --signing-algorithm ED25519_SHA_512"
VERIFY = "kmscli verify --key-id $(cat signer) --message fileb://secret.txt --signing-algorithm ED25519_SHA_512"
MAC = "kmscli generate-mac --key-id $(cat mac-key) --message fileb://secret.txt --mac-algorithm HMAC_SHA_256"
VERIFY_MAC = "kmscli verify-mac --key-id $(cat mac-key) --message fileb://secret.txt --mac-algorithm HMAC_SHA_256"
DECAPSULATE = "kmscli decapsulate --key-id $(cat kem-key) --encapsulation-algorithm ML_KEM"
ENCAPSULATE = "kmscli encapsulate --key-id $(cat kem-key) --encapsulation-algorithm ML_KEM"
KEY_PAIR = "kmscli generate-data-key-pair --key-id alias/demo --key-pair-spec ECC_NIST_P256"
PRIMARY = "kmscli create-key --multi-region --query KeyMetadata.KeyId --output text > primary"
REPLICATE = "kmscli replicate-key --key-id $(cat primary) --replica-region eu-west-1"
DERIVE = "kmscli derive-shared-secret --key-id $(cat agreer) --key-agreement-algorithm ECDH"
PROXY = (
    "kmscli create-custom-key-store --custom-key-store-name payments --custom-key-store-type EXTERNAL_KEY_STORE "
    "--xks-proxy-connectivity VPC_ENDPOINT_SERVICE --xks-proxy-uri-endpoint https://proxy.example.com "
    "--xks-proxy-uri-path /kms/xks/v1 "
    "--xks-proxy-vpc-endpoint-service-name com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0 "
    "--xks-proxy-authentication-credential file://credential.json"
)
CREDENTIAL = (
    'echo \'{{"AccessKeyId":"ABCDE234567EXAMPLEXX",'
    '"RawSecretAccessKey":"aSecretOfNoProxy=0123456789+abcdefghijklmnopq"}}\' > credential.json'
)
KEY_STORE = (CREDENTIAL, f"{PROXY} --query CustomKeyStoreId --output text > store")
CONNECTION = "kmscli describe-custom-key-stores --query 'CustomKeyStores[].[ConnectionState, ConnectionErrorCode]'"

EXTERNAL = "kmscli create-key --origin EXTERNAL --query KeyMetadata.KeyId --output text > external"
PARAMETERS = (
    "kmscli get-parameters-for-import --key-id $(cat external) --wrapping-algorithm RSAES_OAEP_SHA_256 "
    "--wrapping-key-spec RSA_2048"
)
WRAPPING = (
    PARAMETERS + " --query '[ImportToken, PublicKey]' --output text > parameters",
    "cut -f1 parameters | base64 -d > token; cut -f2 parameters | base64 -d > wrapping.der",
    "openssl rand -out material 32",
    (
        "openssl pkeyutl -encrypt -pubin -inkey wrapping.der -keyform DER -in material -out wrapped -pkeyopt "
        "rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha256 -pkeyopt rsa_mgf1_md:sha256"
    ),
)
IMPORT = (
    "kmscli import-key-material --key-id $(cat external) --import-token fileb://token "
    "--encrypted-key-material fileb://wrapped --expiration-model KEY_MATERIAL_DOES_NOT_EXPIRE"
)

EXAMPLES: dict[str, tuple[str, ...]] = {
    "cancel-key-deletion": (
        "kmscli schedule-key-deletion --key-id {key} --query DeletionDate",
        "kmscli cancel-key-deletion --key-id {key}",
        "kmscli describe-key --key-id {key} --query KeyMetadata.KeyState",
    ),
    "connect-custom-key-store": (
        *KEY_STORE,
        "kmscli connect-custom-key-store --custom-key-store-id $(cat store)",
        CONNECTION,
    ),
    "create-alias": (
        "kmscli create-alias --alias-name alias/payments --target-key-id {key}",
        "kmscli list-aliases --key-id {key} --query 'sort(Aliases[].AliasName)'",
    ),
    "create-custom-key-store": (CREDENTIAL, PROXY),
    "create-grant": (
        GRANT + " --name alice --constraints EncryptionContextSubset={{purpose=demo}}",
        "kmscli list-grants --key-id {key} --query 'Grants[].[Name, Operations, Constraints]'",
    ),
    "create-key": (
        "kmscli create-key --description Payments --tags TagKey=team,TagValue=billing",
        "kmscli create-key --key-spec RSA_2048 --key-usage SIGN_VERIFY --query KeyMetadata.SigningAlgorithms",
    ),
    "decapsulate": (
        KEM_KEY,
        f"{ENCAPSULATE} --query SharedSecretCiphertextBlob --output text > encapsulated",
        f"{DECAPSULATE} --shared-secret-ciphertext-blob file://encapsulated",
    ),
    "decrypt": (
        "kmscli decrypt --ciphertext-blob fileb://secret.encrypted",
        "kmscli decrypt --ciphertext-blob fileb://secret.encrypted --plaintext-out -",
    ),
    "delete-alias": (
        "kmscli delete-alias --alias-name alias/demo",
        "kmscli describe-key --key-id alias/demo",
    ),
    "delete-custom-key-store": (
        *KEY_STORE,
        "kmscli delete-custom-key-store --custom-key-store-id $(cat store)",
        "kmscli describe-custom-key-stores --query CustomKeyStores",
    ),
    "delete-imported-key-material": (
        EXTERNAL,
        *WRAPPING,
        IMPORT,
        "kmscli delete-imported-key-material --key-id $(cat external)",
        "kmscli describe-key --key-id $(cat external) --query KeyMetadata.KeyState",
    ),
    "derive-shared-secret": (
        AGREER,
        "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out theirs.pem",
        "openssl pkey -in theirs.pem -pubout -outform DER -out theirs.der",
        f"{DERIVE} --public-key fileb://theirs.der",
    ),
    "describe-custom-key-stores": (
        *KEY_STORE,
        "kmscli describe-custom-key-stores --custom-key-store-name payments",
    ),
    "describe-key": (
        "kmscli describe-key --key-id alias/demo",
        "kmscli describe-key --key-id alias/aws/s3 --query KeyMetadata.[KeyManager,Description]",
    ),
    "disable-key": (
        "kmscli disable-key --key-id {key}",
        "kmscli encrypt --key-id {key} --plaintext fileb://secret.txt",
    ),
    "disable-key-rotation": (
        "kmscli enable-key-rotation --key-id {key}",
        "kmscli disable-key-rotation --key-id {key}",
        "kmscli get-key-rotation-status --key-id {key} --query KeyRotationEnabled",
    ),
    "disconnect-custom-key-store": (
        *KEY_STORE,
        "kmscli connect-custom-key-store --custom-key-store-id $(cat store)",
        "kmscli disconnect-custom-key-store --custom-key-store-id $(cat store)",
        CONNECTION,
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
    "encapsulate": (KEM_KEY, ENCAPSULATE),
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
    "generate-data-key-pair": (
        KEY_PAIR,
        f"{KEY_PAIR} --query PrivateKeyPlaintext --output text | base64 -d > private.der",
        "openssl pkey -inform DER -in private.der -noout && echo readable",
    ),
    "generate-data-key-pair-without-plaintext": (
        "kmscli generate-data-key-pair-without-plaintext --key-id alias/demo --key-pair-spec ML_KEM_768",
    ),
    "generate-data-key-without-plaintext": (
        "kmscli generate-data-key-without-plaintext --key-id alias/demo --number-of-bytes 64",
    ),
    "generate-mac": (MAC_KEY, MAC),
    "generate-random": (
        "kmscli generate-random --number-of-bytes 32",
        "kmscli generate-random --number-of-bytes 32 --plaintext-out - | wc -c",
    ),
    "get-key-last-usage": (
        "kmscli encrypt --key-id {key} --plaintext fileb://secret.txt --query KeyId",
        "kmscli get-key-last-usage --key-id {key}",
    ),
    "get-key-policy": ("kmscli get-key-policy --key-id {key} --query Policy --output text",),
    "get-parameters-for-import": (EXTERNAL, PARAMETERS + " --query '[KeyId, PublicKey, ParametersValidTo]'"),
    "get-public-key": (
        SIGNER,
        "kmscli get-public-key --key-id $(cat signer)",
        "kmscli get-public-key --key-id $(cat signer) --query PublicKey --output text | base64 -d > signer.der",
        "wc -c < signer.der",
    ),
    "get-key-rotation-status": ("kmscli get-key-rotation-status --key-id {key}",),
    "import-key-material": (
        EXTERNAL,
        *WRAPPING,
        IMPORT,
        "kmscli describe-key --key-id $(cat external) --query KeyMetadata.[KeyState,ExpirationModel]",
    ),
    "list-aliases": (
        "kmscli list-aliases --key-id {key}",
        "kmscli list-aliases --query 'Aliases[].AliasName'",
    ),
    "list-grants": (
        GRANT + " --query GrantId",
        "kmscli list-grants --key-id {key}",
    ),
    "list-key-policies": ("kmscli list-key-policies --key-id {key}",),
    "list-key-rotations": (
        "kmscli rotate-key-on-demand --key-id {key}",
        "kmscli list-key-rotations --key-id {key}",
    ),
    "list-keys": (
        "kmscli list-keys",
        "kmscli list-keys --output text --query 'Keys[].KeyId'",
    ),
    "list-retirable-grants": (
        GRANT + " --retiring-principal arn:aws:iam::111122223333:user/bob --query GrantId",
        "kmscli list-retirable-grants --retiring-principal arn:aws:iam::111122223333:user/bob --query Grants[].GrantId",
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
    "replicate-key": (
        PRIMARY,
        REPLICATE,
        "kmscli encrypt --key-id $(cat primary) --plaintext fileb://secret.txt --ciphertext-out secret.bin",
        "kmscli decrypt --ciphertext-blob fileb://secret.bin --plaintext-out - --region eu-west-1",
    ),
    "retire-grant": (
        GRANT + " --query GrantToken --output text > token",
        "kmscli retire-grant --grant-token $(cat token)",
        "kmscli list-grants --key-id {key} --query Grants",
    ),
    "revoke-grant": (
        GRANT + " --query GrantId --output text > grant",
        "kmscli revoke-grant --key-id {key} --grant-id $(cat grant)",
        "kmscli list-grants --key-id {key} --query Grants",
    ),
    "rotate-key-on-demand": (
        "kmscli rotate-key-on-demand --key-id {key}",
        "kmscli decrypt --ciphertext-blob fileb://secret.encrypted --plaintext-out -",
    ),
    "schedule-key-deletion": ("kmscli schedule-key-deletion --key-id {key} --pending-window-in-days 7",),
    "sign": (SIGNER, SIGN),
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
    "update-custom-key-store": (
        *KEY_STORE,
        "kmscli update-custom-key-store --custom-key-store-id $(cat store) --new-custom-key-store-name invoices",
        "kmscli describe-custom-key-stores --query CustomKeyStores[].CustomKeyStoreName",
    ),
    "update-key-description": (
        "kmscli update-key-description --key-id {key} --description 'Signs nothing, encrypts much'",
        "kmscli describe-key --key-id {key} --query KeyMetadata.Description",
    ),
    "update-primary-region": (
        PRIMARY,
        f"{REPLICATE} --query ReplicaKeyMetadata.KeyState",
        "kmscli update-primary-region --key-id $(cat primary) --primary-region eu-west-1",
        "kmscli describe-key --key-id $(cat primary) --query KeyMetadata.MultiRegionConfiguration",
    ),
    "verify": (
        SIGNER,
        f"{SIGN} --query Signature --output text > signature",
        f"{VERIFY} --signature file://signature",
        f"{VERIFY.replace('secret.txt', 'signer')} --signature file://signature",
    ),
    "verify-mac": (
        MAC_KEY,
        f"{MAC} --query Mac --output text > mac",
        f"{VERIFY_MAC} --mac file://mac",
        f"{VERIFY_MAC.replace('secret.txt', 'mac')} --mac file://mac",
    ),
    "batch": (
        """kmscli batch << 'END'
{{"Operation": "Encrypt", "KeyId": "alias/demo", "Plaintext": "Y29ycmVjdCBob3JzZQ=="}}
{{"Operation": "TagResource", "KeyId": "{key}", "Tags": [{{"TagKey": "team", "TagValue": "billing"}}]}}
{{"Operation": "DescribeKey", "KeyId": "alias/nobody"}}
END""",
    ),
    "check": (
        "kmscli check secret.encrypted secret.txt",
        "kmscli check secret.encrypted --output json",
    ),
    "exec": ("kmscli exec --secret TOKEN=secret.encrypted -- sh -c 'echo \"The token is: $TOKEN\"'",),
    "audit path": ("kmscli audit path",),
    "audit replay": (
        "kmscli decrypt --ciphertext-blob fileb://secret.encrypted --plaintext-out -",
        "kmscli audit replay",
    ),
    "audit verify": ("kmscli audit verify",),
    "import-key": (
        EXTERNAL,
        "openssl rand -out material 32; chmod 600 material",
        "kmscli import-key material --key-id $(cat external)",
        "kmscli describe-key --key-id $(cat external) --query KeyMetadata.[KeyState,ExpirationModel]",
    ),
    "costs": (
        "kmscli decrypt --ciphertext-blob fileb://secret.encrypted --plaintext-out -",
        "kmscli costs | cut -f -5 | grep -e key -e class",
    ),
    "clock advance": (
        "kmscli --vault lab.vault vault init --lab > /dev/null",
        "kmscli --vault lab.vault create-key --query KeyMetadata.KeyId --output text > lab-key",
        "kmscli --vault lab.vault enable-key-rotation --key-id $(cat lab-key)",
        "kmscli --vault lab.vault clock advance 2y",
    ),
    "clock show": ("kmscli clock show",),
    "vault check": ("kmscli vault check",),
    "vault init": ("kmscli --vault payments.vault vault init",),
    "vault quotas": (
        "kmscli vault quotas --set keys=200000",
        "kmscli vault quotas --output json",
    ),
    "vault seed": (
        "kmscli --vault lab.vault vault init --lab > /dev/null",
        "echo 'keys: [{{key_id: {key}, materials: [{{hex: \"' $(seq -s '' 10 41) '\"}}]}}]' > lab.yaml",
        "kmscli --vault lab.vault vault seed lab.yaml",
        "kmscli --vault lab.vault vault seed lab.yaml",
    ),
    "vault status": ("kmscli vault status",),
}
