"""The worked examples of the pages of `kmscli iam` (see `examples`). They ask for no ids, which are never the same."""

POLICY = (
    'echo \'{{"Version":"2012-10-17","Statement":'
    '[{{"Effect":"Allow","Action":"kms:Encrypt","Resource":"*"}}]}}\' > policy.json'
)
TRUST = (
    'echo \'{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow",'
    '"Principal":{{"AWS":"arn:aws:iam::111122223333:root"}},"Action":"sts:AssumeRole"}}]}}\' > trust.json'
)
USER = "kmscli iam create-user --user-name alice --query User.Arn --output text"
GROUP = "kmscli iam create-group --group-name staff --query Group.Arn --output text"
ROLE = (
    "kmscli iam create-role --role-name reader --assume-role-policy-document file://trust.json "
    "--query Role.Arn --output text"
)
MANAGED = (
    "kmscli iam create-policy --policy-name encrypt --policy-document file://policy.json "
    "--query Policy.Arn --output text"
)
ARN = "arn:aws:iam::111122223333:policy/encrypt"
AS_ALICE = "kmscli encrypt --key-id {key} --plaintext fileb://secret.txt --as arn:aws:iam::111122223333:user/alice"
TRIED = f"{AS_ALICE} --query EncryptionAlgorithm"

EXAMPLES: dict[str, tuple[str, ...]] = {
    "iam add-user-to-group": (
        USER,
        GROUP,
        POLICY,
        "kmscli iam put-group-policy --group-name staff --policy-name encrypt --policy-document file://policy.json",
        "kmscli iam add-user-to-group --group-name staff --user-name alice",
        TRIED,
    ),
    "iam attach-user-policy": (
        USER,
        "kmscli iam attach-user-policy --user-name alice --policy-arn arn:aws:iam::aws:policy/AdministratorAccess",
        "kmscli iam list-attached-user-policies --user-name alice",
        TRIED,
    ),
    "iam create-access-key": (
        USER,
        "kmscli iam create-access-key --user-name alice --query 'AccessKey.[UserName, Status]'",
    ),
    "iam create-group": (GROUP, "kmscli iam list-groups --query 'Groups[].GroupName'"),
    "iam create-policy": (
        POLICY,
        MANAGED,
        USER,
        f"kmscli iam attach-user-policy --user-name alice --policy-arn {ARN}",
        TRIED,
    ),
    "iam create-policy-version": (
        POLICY,
        MANAGED,
        "sed s/kms:Encrypt/kms:Decrypt/ policy.json > changed.json",
        f"kmscli iam create-policy-version --policy-arn {ARN} --policy-document file://changed.json --set-as-default",
        f"kmscli iam list-policy-versions --policy-arn {ARN} --query 'Versions[].[VersionId, IsDefaultVersion]'",
    ),
    "iam create-role": (
        TRUST,
        ROLE,
        "kmscli iam get-role --role-name reader --query 'Role.[AssumeRolePolicyDocument, MaxSessionDuration]'",
    ),
    "iam create-user": (
        "kmscli iam create-user --user-name alice --path /team/ --tags Key=team,Value=billing --query User.Arn",
        "kmscli iam list-users --query 'Users[].[UserName, Path]' --output text",
    ),
    "iam delete-user": (
        USER,
        POLICY,
        "kmscli iam put-user-policy --user-name alice --policy-name encrypt --policy-document file://policy.json",
        "kmscli iam delete-user --user-name alice",
        "kmscli iam delete-user-policy --user-name alice --policy-name encrypt",
        "kmscli iam delete-user --user-name alice",
    ),
    "iam list-policies": ("kmscli iam list-policies --scope AWS --query 'Policies[].Arn'",),
    "iam put-role-policy": (
        TRUST,
        ROLE,
        POLICY,
        "kmscli iam put-role-policy --role-name reader --policy-name encrypt --policy-document file://policy.json",
        "kmscli iam get-role-policy --role-name reader --policy-name encrypt",
    ),
    "iam put-user-permissions-boundary": (
        USER,
        "kmscli iam attach-user-policy --user-name alice --policy-arn arn:aws:iam::aws:policy/AdministratorAccess",
        (
            "kmscli iam put-user-permissions-boundary --user-name alice "
            "--permissions-boundary arn:aws:iam::aws:policy/ReadOnlyAccess"
        ),
        TRIED,
    ),
    "iam put-user-policy": (
        USER,
        TRIED,
        POLICY,
        "kmscli iam put-user-policy --user-name alice --policy-name encrypt --policy-document file://policy.json",
        TRIED,
    ),
    "iam tag-user": (
        USER,
        "kmscli iam tag-user --user-name alice --tags Key=team,Value=billing Key=stage,Value=test",
        "kmscli iam list-user-tags --user-name alice",
    ),
}
