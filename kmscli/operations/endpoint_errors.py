"""What EC2 answers instead (Amazon EC2 API Reference, "Error codes"; its model lists none).

Some codes have dots, and so are not the names of their classes.
"""

from kmscli.errors import ServiceError


class EndpointError(ServiceError):
    """An answer of EC2."""


class DryRunOperation(EndpointError):
    """The call would have succeeded, but was a dry run."""

    status = 412


class InvalidFilter(EndpointError):
    """A list knows no such filter."""


class InvalidNextToken(EndpointError):
    """The token is not one of this list's."""


class InvalidParameter(EndpointError):
    """A value does not go with another one."""


class InvalidParameterCombination(EndpointError):
    """Two members exclude each other."""


class InvalidParameterValue(EndpointError):
    """A member's value makes no sense."""


class InvalidPolicyDocument(EndpointError):
    """The policy is not one, or not of an endpoint."""


class InvalidServiceName(EndpointError):
    """There is no such service, or no endpoint of kmscli's can lead to it."""


class MissingParameter(EndpointError):
    """A member has to be given."""


class UnauthorizedOperation(EndpointError):
    """The caller may not do this."""

    status = 403

    def __init__(self, message: str) -> None:
        super().__init__(f"You are not authorized to perform this operation. {message}")


class MalformedId(EndpointError):
    """An id has not the form of its kind, which its code on the wire names."""

    def __init__(self, text: str, prefix: str, code: str) -> None:
        super().__init__(f'Invalid id: "{text}" (expecting "{prefix}...")')
        self.wire_code = f"{code}.Malformed"


class VpcEndpointNotFound(EndpointError):
    """No such endpoint."""

    wire_code = "InvalidVpcEndpointId.NotFound"
