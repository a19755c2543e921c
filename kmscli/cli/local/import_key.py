"""Import key material from a file into a KMS key: get the parameters, wrap, import, in one step."""

import os
import stat
from typing import Annotated, Any

import typer

from kmscli.cli.call import finish, standard_input
from kmscli.cli.local._facts import show
from kmscli.cli.local._vault_session import VaultSession, command
from kmscli.cli.session import open_engine, warn
from kmscli.cli.settings import Settings
from kmscli.cli.values import moment
from kmscli.crypto.wrapping import TooLongToWrapError, wrap
from kmscli.errors import UsageError
from kmscli.keys.imports import DOES_NOT_EXPIRE, EXPIRES

app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)

LARGEST = 64 * 1024
"""Far more than the largest private key has."""
SHORT = 128
"""What is not longer is wrapped alone, by every wrapping key: symmetric and HMAC keys, and no RSA key."""
ALONE, HYBRID = "RSAES_OAEP_SHA_256", "RSA_AES_KEY_WRAP_SHA_256"
OTHERS = stat.S_IRWXG | stat.S_IRWXO

File = Annotated[str, typer.Argument(metavar="FILE", help="The key material's file; - is standard input.")]


@command(app, "import-key")
def import_key(
    session: VaultSession,
    file: File,
    *,
    key_id: Annotated[str, typer.Option(metavar="KEY", help="The key, by id or key ARN.")],
    wrapping_algorithm: Annotated[
        str, typer.Option(metavar="ALGORITHM", help=f"{HYBRID}, or {ALONE} for what is short, unless it is given.")
    ] = "",
    wrapping_key_spec: Annotated[str, typer.Option(metavar="SPEC", help="The wrapping key's spec.")] = "RSA_3072",
    valid_to: Annotated[
        str, typer.Option(metavar="TIME", help="When the material expires, within a year; never, without it.")
    ] = "",
    expiration_model: Annotated[
        str, typer.Option(metavar="MODEL", help=f"{EXPIRES} or {DOES_NOT_EXPIRE}: follows from --valid-to.")
    ] = "",
    import_type: Annotated[
        str, typer.Option(metavar="TYPE", help="NEW_KEY_MATERIAL for a symmetric key's next, EXISTING_KEY_MATERIAL.")
    ] = "",
    key_material_description: Annotated[
        str, typer.Option(metavar="TEXT", help="What a symmetric key's material is; not secret.")
    ] = "",
    key_material_id: Annotated[
        str, typer.Option(metavar="ID", help="The material of a symmetric key that is imported again.")
    ] = "",
) -> None:
    """Import key material from a file into a KMS key: get the parameters, wrap, import, in one step.

    The key is one of create-key --origin EXTERNAL. FILE holds 32 bytes for a symmetric key, 28 to 128 for an HMAC key,
    or a private key in PKCS#8, DER or PEM, not encrypted. The same two calls are made, and recorded, as by
    get-parameters-for-import and import-key-material. Keep your own copy of the file.
    """
    Settings(session.options, os.environ).stay_here()
    material = der(read_material(file))
    expiry = seconds(valid_to) if valid_to else None
    optional = {
        "ValidTo": expiry,
        "ImportType": import_type or None,
        "KeyMaterialDescription": key_material_description or None,
        "KeyMaterialId": key_material_id or None,
    }
    request = {
        "KeyId": key_id,
        "ExpirationModel": expiration_model or (DOES_NOT_EXPIRE if expiry is None else EXPIRES),
        **{name: value for name, value in optional.items() if value is not None},
    }
    algorithm = wrapping_algorithm or (ALONE if len(material) <= SHORT else HYBRID)
    wrapping = {"KeyId": key_id, "WrappingAlgorithm": algorithm, "WrappingKeySpec": wrapping_key_spec}
    answer = imported(session, wrapping, material, request)
    facts = [("imported into", answer["KeyId"])]
    material_id = answer.get("KeyMaterialId")
    show(answer, [*facts, *([("key material id", material_id)] if material_id else [])], session.output)


def imported(
    session: VaultSession, wrapping: dict[str, Any], material: bytes, request: dict[str, Any]
) -> dict[str, Any]:
    """Make the two calls. Returns what the second one answers. Raises UsageError: the material is too long."""
    engine = open_engine(session.settings, "import-key")
    try:
        parameters: Any = engine.call(session.caller, "GetParametersForImport", wrapping)
        wrapped = wrap(parameters.public_key, wrapping["WrappingAlgorithm"], material)
        request = {**request, "ImportToken": parameters.import_token, "EncryptedKeyMaterial": wrapped}
        answer: Any = engine.call(session.caller, "ImportKeyMaterial", request)
        return dict(answer.members({}))
    except TooLongToWrapError:
        algorithm, spec = wrapping["WrappingAlgorithm"], wrapping["WrappingKeySpec"]
        raise UsageError(f"The key material is too long for {algorithm} with {spec}: use {HYBRID}") from None
    finally:
        finish(engine, session.environment)


def read_material(file: str) -> bytes:
    """What a file holds, or standard input. Warns where others can read it. Raises UsageError."""
    if file == "-":
        return standard_input()
    try:
        with open(file, "rb") as stream:
            status = os.fstat(stream.fileno())
            material = stream.read(LARGEST + 1)
    except OSError as error:
        raise UsageError(f"The key material in {file} cannot be read: {error.strerror}") from None
    if len(material) > LARGEST:
        raise UsageError(f"{file} is too large to be key material")
    if status.st_mode & OTHERS:
        warn(f"others can read {file}: chmod 600 it, or delete it when its copy is safe.")
    return material


def der(material: bytes) -> bytes:
    """The DER in a private key's PEM; anything else as it is. Raises UsageError: a PEM of another kind."""
    from asn1crypto import pem

    if not material.lstrip().startswith(b"-----BEGIN "):
        return material
    try:
        kind, _, content = pem.unarmor(material)
    except (ValueError, TypeError):
        raise UsageError("The key material's PEM cannot be read") from None
    if kind != "PRIVATE KEY":
        raise UsageError(
            f"The PEM holds {kind}, not PRIVATE KEY, which is PKCS#8 without a passphrase. "
            "Convert it: openssl pkcs8 -topk8 -nocrypt -in FILE -out pkcs8.pem"
        )
    return bytes(content)


def seconds(text: str) -> float:
    """The moment that a text says. Raises UsageError."""
    said = moment(text)
    if not isinstance(said, float):
        raise UsageError(f'Invalid timestamp "{text}" for --valid-to')
    return said
