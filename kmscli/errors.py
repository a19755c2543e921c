"""What can go wrong, and how each failure leaves the program.

An error knows its wire code, its HTTP status, its exit code and its message. Only `kmscli.cli.main` turns errors
into text and exit codes; only `kmscli.wire` turns them into HTTP.
(Exit codes: reference, kms-semantics 17.1. Statuses: 16.3.)
"""


class KmscliError(Exception):
    """Any failure that kmscli answers for. `mend` is one more line for a person: what to do about it."""

    exit_code = 255

    def __init__(self, message: str = "", *, mend: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.mend = mend


class UsageError(KmscliError):
    """The command line refuses by itself; nothing was called. Text as `aws` words it (reference 17.2)."""

    exit_code = 252

    def __init__(self, message: str, *, code: str = "ParamValidation", usage: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.usage = usage


class ConfigurationError(KmscliError):
    """The vault, its key or the configuration does not allow a call: no vault, wrong key, unsafe key file."""

    exit_code = 253


class VaultDamagedError(KmscliError):
    """Something in the vault does not verify: a changed, swapped or missing row, a header that was edited."""


class VaultRolledBackError(KmscliError):
    """The vault is older than the mark that this machine keeps of it."""


class CallsFailedError(KmscliError):
    """Some of a command's calls were answered with an error; which, and with what, is told where it is answered."""

    exit_code = 254


class ServiceError(KmscliError):
    """An answer of the service. The class name is the wire code."""

    exit_code = 254
    status = 400
    wire_code = ""
    """The code where it is not the class's name."""
    retries: int | None = None
    """How often the call was sent again to an endpoint, where that was as often as it may be."""

    @property
    def code(self) -> str:
        """The code on the wire and in the trail."""
        return self.wire_code or type(self).__name__


class AlreadyExistsException(ServiceError):
    """The alias, or the replica, is there already."""


class AccessDeniedException(ServiceError):
    """The caller may not do this, or may not know whether it exists."""


class CloudHsmClusterNotFoundException(ServiceError):
    """There is no such CloudHSM cluster."""


class ConflictException(ServiceError):
    """A rotation that is running or about to run stands in the way."""


class CustomKeyStoreInvalidStateException(ServiceError):
    """The custom key store's connection state forbids this."""


class CustomKeyStoreNameInUseException(ServiceError):
    """Another custom key store has this name."""


class CustomKeyStoreNotFoundException(ServiceError):
    """No such custom key store. Has no message, as AWS documents it."""


class DisabledException(ServiceError):
    """The key is disabled."""


class DryRunOperationException(ServiceError):
    """The call would have succeeded, but was a dry run."""


class ExpiredImportTokenException(ServiceError):
    """The import token is older than a day."""


class ExpiredTokenException(ServiceError):
    """The session is over."""


class IncompleteSignatureException(ServiceError):
    """The Authorization header lacks something."""


class InvalidSignatureException(ServiceError):
    """The request is not signed with the secret of the access key's id, or not now, or for another service."""

    MISMATCH = (
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access "
        "Key and signing method. Consult the service documentation for details."
    )


class MissingAuthenticationTokenException(ServiceError):
    """The request is not signed."""


class UnrecognizedClientException(ServiceError):
    """There is no such access key, or no such session."""

    UNKNOWN = "The security token included in the request is invalid."


class IncorrectKeyException(ServiceError):
    """The ciphertext was made by another key than the one named."""


class IncorrectKeyMaterialException(ServiceError):
    """The key material is none for this key: of another kind, or not the one that it had before."""


class InvalidAliasNameException(ServiceError):
    """The alias name is not one."""


class InvalidArnException(ServiceError):
    """The ARN is malformed, or of a kind that this operation does not take."""


class InvalidCiphertextException(ServiceError):
    """The ciphertext or its encryption context was altered, or is not ours. Has no message (reference 8.2)."""


class InvalidGrantIdException(ServiceError):
    """The grant id is not one."""


class InvalidGrantTokenException(ServiceError):
    """The grant token is not one."""


class InvalidImportTokenException(ServiceError):
    """The import token is not one of this key."""


class InvalidKeyUsageException(ServiceError):
    """The key, or its spec, is not for this operation or algorithm."""


class InvalidMarkerException(ServiceError):
    """The pagination marker is not one of this operation's."""


class KMSInternalException(ServiceError):
    """kmscli could not do it now: the vault is busy, the disk is full."""

    status = 500
    wire_code = "KMSInternalException"


class KMSInvalidMacException(ServiceError):
    """The MAC is not one of this key and message. Has no message (reference 2.4)."""


class KMSInvalidSignatureException(ServiceError):
    """The signature is not one of this key and message. Has no message (reference 2.4)."""


class KMSInvalidStateException(ServiceError):
    """The key's state forbids this."""


class LimitExceededException(ServiceError):
    """A quota is used up."""


class MalformedPolicyDocumentException(ServiceError):
    """The policy is not one."""


class NotAuthorizedException(ServiceError):
    """Reserved for AWS: `alias/aws/…`."""


class NotFoundException(ServiceError):
    """No such key, alias or policy."""


class SerializationException(ServiceError):
    """A member has the wrong JSON type."""


class TagException(ServiceError):
    """A tag is not valid."""


class ThrottlingException(ServiceError):
    """An account calls more often than it may. In no model of KMS; clients know it and call again later."""

    TOO_FAST = "You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls."


class UnknownOperationException(ServiceError):
    """No such operation."""


class UnsupportedOperationException(ServiceError):
    """The key, or what was asked, does not support this."""


class ValidationException(ServiceError):
    """A member breaks a constraint (reference 16.4)."""


class XksProxyUriEndpointInUseException(ServiceError):
    """Another external key store has this endpoint, and does not share it."""


class XksProxyUriInUseException(ServiceError):
    """Another external key store has this endpoint and path."""


class XksProxyUriUnreachableException(ServiceError):
    """The external key store proxy does not answer."""


class XksProxyVpcEndpointServiceInUseException(ServiceError):
    """Another external key store has this VPC endpoint service."""


class IdentityError(ServiceError):
    """An answer of IAM, and of the other services whose codes on the wire are no names of exceptions."""


class AccessDenied(IdentityError):
    """The caller may not do this."""

    status = 403


class DeleteConflict(IdentityError):
    """Something hangs on it that has to go first."""

    status = 409


class EntityAlreadyExists(IdentityError):
    """There is one of this name."""

    status = 409


class InvalidInput(IdentityError):
    """A member's value makes no sense."""


class LimitExceeded(IdentityError):
    """A quota is used up."""

    status = 409


class PackedPolicyTooLarge(IdentityError):
    """A session's policies and tags are too long together."""


class MalformedPolicyDocument(IdentityError):
    """The policy is not one, or not of its kind."""


class NoSuchEntity(IdentityError):
    """No such user, role, group, policy or access key."""

    status = 404


class ValidationError(IdentityError):
    """A member breaks a constraint."""
