"""What a failure looks like in each `--cli-error-format` (reference 17.2)."""

import pytest

from kmscli.cli.output.errors import render_error

SERVICE = ("NotFoundException", "Invalid keyId 'x'", "DescribeKey")
OWN = ("ParamValidation", "argument --key-id: expected one argument", "")
PLAIN = ("", 'Invalid base64: "x"', "")

SERVICE_LINE = """
kmscli: [ERROR]: An error occurred (NotFoundException) when calling the DescribeKey operation: Invalid keyId 'x'
"""
SERVICE_JSON = """\
{
    "Message": "Invalid keyId 'x'",
    "Code": "NotFoundException",
    "message": "Invalid keyId 'x'"
}
"""


@pytest.mark.parametrize(
    ("failure", "error_format", "text"),
    [
        (SERVICE, "enhanced", SERVICE_LINE),
        (SERVICE, "legacy", SERVICE_LINE),
        (SERVICE, "json", SERVICE_JSON),
        (SERVICE, "yaml", "Code: NotFoundException\nMessage: Invalid keyId 'x'\nmessage: Invalid keyId 'x'\n"),
        (SERVICE, "text", "NotFoundException\tInvalid keyId 'x'\tInvalid keyId 'x'\n"),
        (
            OWN,
            "enhanced",
            "\nkmscli: [ERROR]: An error occurred (ParamValidation): argument --key-id: expected one argument\n",
        ),
        (OWN, "legacy", "\nkmscli: [ERROR]: argument --key-id: expected one argument\n"),
        (OWN, "text", "ParamValidation\targument --key-id: expected one argument\n"),
        (
            OWN,
            "json",
            '{\n    "Code": "ParamValidation",\n    "Message": "argument --key-id: expected one argument"\n}\n',
        ),
        (PLAIN, "enhanced", '\nkmscli: [ERROR]: Invalid base64: "x"\n'),
        (PLAIN, "legacy", '\nkmscli: [ERROR]: Invalid base64: "x"\n'),
        (PLAIN, "yaml", "Message: 'Invalid base64: \"x\"'\n"),
    ],
)
def test_a_failure_in_each_format(failure: tuple[str, str, str], error_format: str, text: str) -> None:
    """A service's refusal, one of the command line, and one without a code, each as AWS CLI says it."""
    assert render_error(*failure, error_format=error_format) == text


def test_a_failure_as_a_table() -> None:
    """The table of a failure is headed `error`."""
    lines = render_error(*OWN, error_format="table").splitlines()
    assert lines[1].strip("| ") == "error"
    assert "argument --key-id: expected one argument" in lines[-2]


def test_an_empty_message_leaves_no_space_at_the_end() -> None:
    """InvalidCiphertextException has no message, and its line ends with the colon."""
    shown = render_error("InvalidCiphertextException", "", "Decrypt")
    assert shown.endswith("when calling the Decrypt operation:\n")
