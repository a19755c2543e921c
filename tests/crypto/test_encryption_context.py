import pytest
from hypothesis import given
from hypothesis import strategies as some

from kmscli.crypto.encryption_context import LIMIT, canonical

CONTEXTS = some.dictionaries(some.text(max_size=6), some.text(max_size=6), max_size=4)


@pytest.mark.parametrize(
    ("context", "golden"),
    [
        ({}, "6563310000"),
        ({"": ""}, "656331000100000000"),
        ({"a": "b"}, "656331000100016100 0162"),
        ({"b": "", "a": "x=y,"}, "6563310002 00016100 04783d792c 00016200 00"),
        ({"é": "1", "e\u0301": "2"}, "6563310002 000365cc81 000132 0002c3a9 000131"),
        ({"\uffff": "1", "\U00010000": "2"}, "6563310002 0003efbfbf 000131 0004f0908080 000132"),
    ],
)
def test_golden_bytes(context: dict[str, str], golden: str) -> None:
    """The canonical form is these bytes for ever: sorted by the key's UTF-8 bytes, nothing normalised."""
    assert canonical(context) == bytes.fromhex(golden)


@given(CONTEXTS, CONTEXTS)
def test_it_is_injective(first: dict[str, str], second: dict[str, str]) -> None:
    """Two contexts have the same canonical form only if they hold the same pairs."""
    assert (canonical(first) == canonical(second)) == (first == second)


@given(CONTEXTS)
def test_it_can_be_read_back(context: dict[str, str]) -> None:
    """The canonical form says its pairs: nothing of the context is lost, and nothing is ambiguous."""
    form = canonical(context)
    assert form[:3] == b"ec1"
    fields, at = [], 5
    while at < len(form):
        end = at + 2 + int.from_bytes(form[at : at + 2], "big")
        fields.append(form[at + 2 : end].decode())
        at = end
    assert int.from_bytes(form[3:5], "big") == len(fields) // 2 == len(context)
    assert dict(zip(fields[::2], fields[1::2], strict=True)) == context


@given(CONTEXTS)
def test_order_does_not_matter(context: dict[str, str]) -> None:
    """A context is a set of pairs."""
    assert canonical(dict(reversed(context.items()))) == canonical(context)


def test_its_length_has_a_limit() -> None:
    """The longest canonical form is as long as the limit; one byte more is refused, and so is no Unicode."""
    room = LIMIT - len(canonical({"k": ""}))
    assert len(canonical({"k": "v" * room})) == LIMIT
    for context in ({"k": "v" * (room + 1)}, {"k" * LIMIT: ""}, {str(number): "" for number in range(LIMIT)}):
        with pytest.raises(ValueError, match="too long"):
            canonical(context)
    with pytest.raises(UnicodeEncodeError):
        canonical({"k": "\ud800"})
