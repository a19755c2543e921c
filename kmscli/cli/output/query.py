"""`--query`: JMESPath over an answer."""

import json
from typing import Any, cast

from kmscli.errors import KmscliError, UsageError


def check_query(expression: str) -> None:
    """See, before any call, that a query can be parsed.

    Raises UsageError: it cannot, in the words of reference 17.1.
    """
    import jmespath

    try:
        jmespath.compile(expression)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"Bad value for --query {expression}: {error}") from None


def search(expression: str, answer: Any) -> Any:
    """What a query that parses finds in an answer; `None` where it finds nothing.

    Raises KmscliError: it fails at evaluation, in jmespath's words (reference 17.1), but for the value, which may be
    a plaintext.
    """
    import jmespath
    from jmespath.exceptions import JMESPathTypeError

    try:
        found = cast("Any", jmespath.search(expression, answer))
        if "&" in expression:
            json.dumps(found)  # a bare `&expression` evaluates to itself, which is nothing that can be printed
    except JMESPathTypeError as error:
        error.current_value = "<sensitive>"
        raise KmscliError(str(error)) from None
    except (ValueError, TypeError, ArithmeticError, RecursionError) as error:
        raise KmscliError(str(error)) from None
    return found
