"""`--query`: what it finds, in each format, and how it is refused (reference 17.1, 17.5)."""

from typing import Any

import pytest

from kmscli.cli.output import render
from kmscli.cli.output.query import check_query, search
from kmscli.errors import KmscliError, UsageError

KEY: dict[str, Any] = {
    "KeyMetadata": {"KeyId": "1234", "Enabled": True, "Tags": ["a", "b"], "Region": {"Name": "us-east-1"}}
}
PLAINTEXT = {"Plaintext": "c2VjcmV0"}


@pytest.mark.parametrize(
    ("query", "form", "printed"),
    [
        ("KeyMetadata.KeyId", "json", '"1234"\n'),
        ("KeyMetadata.KeyId", "text", "1234\n"),
        ("KeyMetadata.KeyId", "yaml", '"1234"\n'),
        ("KeyMetadata.KeyId", "yaml-stream", "- '1234'\n"),
        ("KeyMetadata.KeyId", "table", "---\n|T|\n+-+\n"),
        ("KeyMetadata.Absent", "json", "null\n"),
        ("KeyMetadata.Absent", "text", "None\n"),
        ("KeyMetadata.Absent", "yaml", "null\n"),
        ("KeyMetadata.Absent", "yaml-stream", "- null\n"),
        ("KeyMetadata.Absent", "table", ""),
        ("KeyMetadata.[Region.Name, KeyId]", "text", "us-east-1\t1234\n"),
        ("KeyMetadata.{Z: KeyId, A: Enabled}", "json", '{\n    "Z": "1234",\n    "A": true\n}\n'),
        ("KeyMetadata.{Z: KeyId, A: Enabled}", "yaml", "A: true\nZ: '1234'\n"),
        ("KeyMetadata.Tags", "text", "a\tb\n"),
        ("KeyMetadata.Tags", "yaml", "- a\n- b\n"),
        ("KeyMetadata.Tags", "table", "-------\n|  T  |\n+-----+\n|  a  |\n|  b  |\n+-----+\n"),
        ("length(KeyMetadata)", "json", "4\n"),
        ("`{}`", "json", ""),
        ("`[]`", "json", "[]\n"),
        ("`[]`", "text", ""),
    ],
)
def test_a_query_prints_what_it_finds(query: str, form: str, printed: str) -> None:
    """A query's result takes the answer's place in every format."""
    assert render(KEY, format=form, query=query, title="T") == printed


@pytest.mark.parametrize(("form", "printed"), [("json", "null\n"), ("text", "None\n"), ("yaml", "null\n")])
def test_a_query_over_no_answer_finds_nothing(form: str, printed: str) -> None:
    """An operation without an answer still prints its query's null."""
    assert render({}, format=form, query="KeyId") == printed


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ("KeyMetadata[", 'Invalid jmespath expression: Incomplete expression:\n"KeyMetadata["\n             ^'),
        ("", "Invalid JMESPath expression: cannot be empty."),
        ("a.#", "Bad jmespath expression: Unknown token #:\na.#\n  ^"),
        ("'x", "Bad jmespath expression: Unclosed ' delimiter:\n'x\n^"),
    ],
)
def test_a_query_that_cannot_be_parsed_is_refused_before_the_call(query: str, detail: str) -> None:
    """The refusal is AWS's ParamValidation, with exit code 252."""
    with pytest.raises(UsageError) as refused:
        check_query(query)
    assert refused.value.message == f"Bad value for --query {query}: {detail}"
    assert (refused.value.code, refused.value.exit_code) == ("ParamValidation", 252)


@pytest.mark.parametrize("query", ["[" * 5000 + "a" + "]" * 5000, "!" * 5000 + "a", "(" * 5000])
def test_a_query_that_nests_without_end_is_refused(query: str) -> None:
    """A query too deep to parse is wrong usage like any other."""
    with pytest.raises(UsageError, match="Bad value for --query"):
        check_query(query)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("foo(@)", "Unknown function: foo()"),
        ("abs(@, @)", "Expected 1 argument for function abs(), received 2"),
        ("&foo", "Object of type _Expression is not JSON serializable"),
        ("Plaintext[::0] || `[1]`[::0]", "slice step cannot be zero"),
    ],
)
def test_a_query_that_fails_at_evaluation_says_why(query: str, message: str) -> None:
    """What only the answer can show to be wrong is exit code 255, in jmespath's words."""
    check_query(query)
    with pytest.raises(KmscliError) as failed:
        search(query, PLAINTEXT)
    assert (failed.value.message, failed.value.exit_code) == (message, 255)


@pytest.mark.parametrize("query", ["abs(Plaintext)", "sum([Plaintext])", "keys(Plaintext)", "join(Plaintext, `[1]`)"])
def test_a_failed_query_never_shows_the_plaintext(query: str) -> None:
    """jmespath puts the value into its message; here the value may be a secret."""
    with pytest.raises(KmscliError, match="invalid type for value: <sensitive>") as failed:
        search(query, PLAINTEXT)
    assert PLAINTEXT["Plaintext"] not in repr(failed.value)
    assert failed.value.__cause__ is None
