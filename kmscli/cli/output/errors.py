"""What a failure looks like on stderr (reference 17.2)."""

from kmscli.cli.output.printable import printable

ERROR_FORMATS = ("enhanced", "legacy", "json", "yaml", "text", "table")
PROGRAM = "kmscli"


def render_error(
    code: str,
    message: str,
    operation: str = "",
    *,
    retries: int | None = None,
    error_format: str = "enhanced",
    terminal: bool = False,
) -> str:
    """A failure as `--cli-error-format` asks, whole, down to its last line feed.

    `code` is the wire code, or what AWS CLI gives a failure of its own (`ParamValidation`); empty for one without.
    `operation` is the wire name of the operation that the service refused; empty where none was called. `retries`: how
    often it was sent again, where that is told.
    """
    if error_format in {"enhanced", "legacy"}:
        tried = "" if retries is None else f" (reached max retries: {retries})"
        line = printable(_line(code, message, operation, tried, error_format), terminal=terminal)
        return f"\n{PROGRAM}: [ERROR]: {line}".rstrip(" ") + "\n"
    from kmscli.cli.output import render

    return render(_members(code, message, operation), format=error_format, title="error", terminal=terminal)


def _line(code: str, message: str, operation: str, tried: str, error_format: str) -> str:
    if operation:
        return f"An error occurred ({code}) when calling the {operation} operation{tried}: {message}"
    if code and error_format == "enhanced":
        return f"An error occurred ({code}): {message}"
    return message


def _members(code: str, message: str, operation: str) -> dict[str, str]:
    """The failure as a structure. KMS models a `message` in every error, so a service's own is there twice."""
    if operation:
        return {"Message": message, "Code": code, "message": message}
    return {"Code": code, "Message": message} if code else {"Message": message}
