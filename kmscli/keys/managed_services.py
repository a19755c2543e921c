"""The services that have an AWS managed key, each under its predefined alias (reference, kms-semantics 13.1)."""


class Service:
    """A service with a key in every account and Region. `alias`: what follows `alias/aws/`.

    `name`: as the key's policy calls it. `data`: what the key's description says that it protects. `endpoint`: what
    `kms:ViaService` has before the Region. `policy`: the number in the policy's id.
    """

    def __init__(self, alias: str, name: str, data: str, *, endpoint: str = "", policy: int = 2) -> None:
        self.alias = alias
        self.name = name
        self.data = data
        self.endpoint = endpoint or alias
        self.policy = policy


SERVICES: dict[str, Service] = {
    f"alias/aws/{service.alias}": service
    for service in (
        Service("acm", "ACM", "ACM private keys"),
        Service("backup", "Backup", "Backup data"),
        Service("dynamodb", "DynamoDB", "DynamoDB data"),
        Service("ebs", "EBS", "EBS volumes", endpoint="ec2"),
        Service("elasticfilesystem", "EFS", "EFS filesystems"),
        Service("glue", "Glue", "Glue data"),
        Service("kinesis", "Kinesis", "Kinesis streams"),
        Service("lambda", "AWS Lambda", "Lambda functions"),
        Service("rds", "RDS", "RDS database volumes"),
        Service("redshift", "Redshift", "Redshift clusters"),
        Service("s3", "S3", "S3 objects"),
        Service("secretsmanager", "AWS Secrets Manager", "Secrets Manager data"),
        Service("sns", "SNS", "SNS data"),
        Service("sqs", "SQS", "SQS messages"),
        Service("ssm", "SSM", "SSM parameters"),
        Service("workmail", "WorkMail", "WorkMail data", policy=1),
        Service("xray", "X-Ray", "X-Ray data"),
    )
}
"""By predefined alias, in order of name."""
