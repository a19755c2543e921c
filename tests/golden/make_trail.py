"""How `trail.jsonl` and `trail.keys.json` were made: `python -m tests.golden.make_trail`, from the top of the tree.

They are not made anew when the writer changes: a log of today must verify for ever. What a later format adds gets a
golden log of its own.
"""

import json
from pathlib import Path

from tests.trail.writer import ACCOUNT, CALLER, HOME, KEY, KEYS, OTHER_KEY, Writer, record

FOLDER = Path(__file__).parent


def resources(*arns: str) -> list[dict[str, str]]:
    """The member `resources`."""
    return [{"accountId": ACCOUNT, "type": "AWS::KMS::Key", "ARN": arn} for arn in arns]


def of_alias(name: str, second: int, alias: str, key: str | None, *arns: str) -> dict[str, object]:
    """A record of CreateAlias, UpdateAlias or DeleteAlias."""
    parameters = {"aliasName": alias, **({"targetKeyId": key} if key else {})}
    return record(
        name,
        second,
        requestParameters=parameters,
        readOnly=False,
        resources=resources(*arns, f"{HOME}:{alias}"),
    )


def main() -> None:
    """Write both files."""
    first = Writer("5ca1ab1e0ddba115")
    key_id, other_id = KEY.rpartition("/")[2], OTHER_KEY.rpartition("/")[2]
    lines = [
        first.line(record("CreateKey", 0, requestParameters={"description": "Größe 密鍵 \u202e"}, readOnly=False)),
        first.line(of_alias("CreateAlias", 1, "alias/app", key_id, KEY)),
        first.line(record("Encrypt", 2)),
        first.line(record("Decrypt", 3, errorCode="InvalidCiphertextException"), same_commit=True),
        first.line(
            record("Encrypt", 4, errorCode="NotFoundException", requestParameters={"keyId": "alias/no"}, resources=[])
        ),
        first.line(of_alias("UpdateAlias", 5, "alias/app", other_id, OTHER_KEY)),
        first.line(record("ReEncrypt", 6, resources=resources(KEY, OTHER_KEY))),
    ]
    first.key = 2
    lines.append(first.line(record("Rekey", 7, eventSource="kmscli.local", requestParameters=None, resources=None)))
    lines.append(
        first.line(
            record(
                "RotateKey",
                8,
                userIdentity={"accountId": ACCOUNT, "invokedBy": "AWS Internal"},
                eventType="AwsServiceEvent",
                requestParameters=None,
                serviceEventDetails={"rotationType": "AUTOMATIC", "keyId": KEY},
            )
        )
    )
    second = Writer("ca5caded0ff1ce00", follows=first)
    second.key = 2
    lines.append(second.line(record("Restore", 9, eventSource="kmscli.local", requestParameters=None, resources=None)))
    lines.append(second.line(of_alias("DeleteAlias", 10, "alias/app", None, OTHER_KEY)))
    lines.append(second.line(record("Encrypt", 11, resources=resources(OTHER_KEY))))
    known = {
        "keys": {str(number): key.hex() for number, key in KEYS.items()},
        "events": len(lines),
        "end": {"chain": second.chain, "number": second.number, "mac": second.mac.hex()},
        "caller": CALLER,
    }
    (FOLDER / "trail.jsonl").write_bytes(b"".join(lines))
    (FOLDER / "trail.keys.json").write_text(json.dumps(known, indent=2) + "\n")


if __name__ == "__main__":
    main()
