"""How each service words what the road itself refuses: calls that may not be, members that
break constraints, and dry runs.
"""

from kmscli.errors import (
    AccessDenied,
    AccessDeniedException,
    DryRunOperationException,
    ServiceError,
    ValidationError,
    ValidationException,
)


def denied(service: str) -> type[ServiceError]:
    """The error of a service for calls that the caller may not make."""
    if service in ("kms", "organizations"):
        return AccessDeniedException
    if service == "ec2":
        from kmscli.operations.endpoint_errors import UnauthorizedOperation

        return UnauthorizedOperation
    return AccessDenied


def invalid(service: str) -> type[ServiceError]:
    """The error of a service for members that break constraints."""
    if service == "kms":
        return ValidationException
    if service == "ec2":
        from kmscli.operations.endpoint_errors import InvalidParameterValue

        return InvalidParameterValue
    if service == "organizations":
        from kmscli.operations.organization_errors import InvalidInputException

        return InvalidInputException
    return ValidationError


def dry_run(service: str) -> ServiceError:
    """What a service answers to a dry run that would have succeeded."""
    if service == "ec2":
        from kmscli.operations.endpoint_errors import DryRunOperation

        return DryRunOperation("Request would have succeeded, but DryRun flag is set.")
    return DryRunOperationException("The request would have succeeded, but the DryRun option is set.")
