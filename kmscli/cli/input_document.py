"""`--cli-input-json` and `--cli-input-yaml`: a whole request as a document (reference 17.4).

A document may hold secrets, so no message shows what is in it.
"""

from typing import Any

from kmscli.cli.parameters import refused
from kmscli.cli.values import measure, parse_json, read_paramfile
from kmscli.errors import UsageError


def load(json_text: str | None, yaml_text: str | None) -> dict[str, Any]:
    """The members that the given document says, by their wire names; none, if no document is given.

    Raises UsageError: both are given, or the document is not one.
    """
    if json_text is not None and yaml_text is not None:
        raise UsageError("Only one --cli-input- parameter may be specified.")
    if json_text is not None:
        return _members("cli-input-json", "JSON", json_text)
    return {} if yaml_text is None else _members("cli-input-yaml", "YAML", yaml_text)


def _members(name: str, language: str, given: str) -> dict[str, Any]:
    try:
        text = read_paramfile(given)
    except ValueError as error:
        raise refused(name, str(error)) from None
    try:
        document = parse_json(_text(text)) if language == "JSON" else parse_yaml(_text(text))
    except ValueError:
        raise refused(name, f"Invalid {language} received.") from None
    if not isinstance(document, dict):
        raise refused(name, f"Invalid type: expecting map, received {type(document)}")
    return document


def _text(content: str | bytes) -> str:
    return content if isinstance(content, str) else content.decode()


def parse_yaml(text: str) -> Any:
    """The value that YAML says. Raises ValueError: it is not YAML, or not such that JSON could say it, or too large."""
    from ruamel.yaml import YAML

    try:
        value = YAML(typ="safe", pure=True).load(text)
    except Exception:  # noqa: BLE001  # the library lets whatever its constructors meet in a hostile scalar through
        raise ValueError("not YAML") from None
    measure(value)
    if not _has_text_keys(value):
        raise ValueError("a key that is not text")
    return value


def _has_text_keys(value: Any) -> bool:
    if isinstance(value, dict):
        return all(isinstance(key, str) and _has_text_keys(item) for key, item in value.items())
    return all(_has_text_keys(item) for item in value) if isinstance(value, list) else True
