"""Auto-pagination (reference 17.6)."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kmscli.cli.output import render
from kmscli.cli.pages import answers, paginates, read_token, write_token
from kmscli.errors import KmscliError, UsageError
from kmscli.operations.operation import Pagination

KEYS = Pagination("Keys", default=100, most=1000)


class Service:
    """Answers ListKeys with pages of given sizes, whose markers are `m1`, `m2` and so on."""

    def __init__(self, *sizes: int) -> None:
        self.sizes = sizes
        self.requests: list[dict[str, Any]] = []

    def __call__(self, raw: dict[str, Any]) -> dict[str, Any]:
        self.requests.append(raw)
        number = int(raw.get("Marker", "m0")[1:])
        first = sum(self.sizes[:number])
        page: dict[str, Any] = {"Keys": [{"KeyId": f"k{first + place}"} for place in range(self.sizes[number])]}
        if number + 1 < len(self.sizes):
            page["NextMarker"] = f"m{number + 1}"
        return page | {"Truncated": "NextMarker" in page}

    def list(self, format: str, raw: dict[str, Any] | None = None, **options: Any) -> Iterator[dict[str, Any]]:
        """What a listing prints."""
        return answers(self, KEYS, raw or {}, options, format=format)


def stuck(_raw: dict[str, Any]) -> dict[str, Any]:
    """A service that never comes to the end of its list."""
    return {"Keys": [], "Truncated": True, "NextMarker": "m1"}


def identifiers(answer: dict[str, Any]) -> str:
    """The keys of an answer, in order."""
    return " ".join(key["KeyId"] for key in answer["Keys"])


@pytest.mark.parametrize("form", ["json", "table", "yaml"])
def test_pages_are_merged(form: str) -> None:
    """The merged answer holds the list alone; each call says where the page before it ended."""
    service = Service(2, 0, 1)
    (answer,) = service.list(form, {"ResourceOwners": ["SELF"]})
    assert list(answer) == ["Keys"]
    assert identifiers(answer) == "k0 k1 k2"
    assert service.requests == [
        {"ResourceOwners": ["SELF"]},
        {"ResourceOwners": ["SELF"], "Marker": "m1"},
        {"ResourceOwners": ["SELF"], "Marker": "m2"},
    ]


@pytest.mark.parametrize(
    ("most", "shown", "token"),
    [
        (1, "k0", "eyJNYXJrZXIiOiBudWxsLCAiYm90b190cnVuY2F0ZV9hbW91bnQiOiAxfQ=="),
        (2, "k0 k1", write_token("m1")),
        (3, "k0 k1 k2", write_token("m1", 1)),
        (4, "k0 k1 k2 k3", ""),
        (9, "k0 k1 k2 k3", ""),
        (0, "", write_token(None, 0)),
    ],
)
def test_max_items_cuts_the_list(most: int, shown: str, token: str) -> None:
    """A cut list says where it goes on, and no page is fetched that is not shown."""
    (answer,) = Service(2, 2).list("json", max_items=most)
    assert identifiers(answer) == shown
    assert answer.get("NextToken", "") == token


@given(st.lists(st.integers(0, 4), min_size=1, max_size=5), st.integers(1, 6))
def test_a_list_read_in_parts_is_the_whole_list(sizes: list[int], most: int) -> None:
    """From token to token every item is shown once, in order, however pages and parts fall."""
    (whole,) = Service(*sizes).list("json")
    parts: list[Any] = []
    token: str | None = None
    while token != "":
        (answer,) = Service(*sizes).list("json", max_items=most, starting_token=token)
        assert len(answer["Keys"]) <= most
        parts += answer["Keys"]
        token = answer.get("NextToken", "")
    assert parts == whole["Keys"]


@pytest.mark.parametrize("raw", [{}, {"Limit": 1}])
def test_the_page_size_is_the_services_limit(raw: dict[str, Any]) -> None:
    """`--page-size` is Limit in every request, and says nothing of the number of items shown."""
    service = Service(1, 1)
    (answer,) = service.list("json", raw, page_size=1)
    assert identifiers(answer) == "k0 k1"
    assert [request["Limit"] for request in service.requests] == [1, 1]


def test_text_is_one_answer_a_page() -> None:
    """Text is printed and queried page by page, the token last."""
    service = Service(2, 2)
    assert list(service.list("text", max_items=3)) == [
        {"Keys": [{"KeyId": "k0"}, {"KeyId": "k1"}]},
        {"Keys": [{"KeyId": "k2"}]},
        {"NextToken": {"NextToken": write_token("m1", 1)}},
    ]


def test_a_query_is_applied_to_each_page_of_text() -> None:
    """`length(Keys)` prints one number a page, and what it makes of the token."""
    pages = Service(2, 1).list("text")
    assert "".join(render(page, format="text", query="length(Keys)") for page in pages) == "2\n1\n"
    cut = Service(2, 1).list("text", max_items=1)
    assert "".join(render(page, format="text", query="Keys[].KeyId") for page in cut) == "k0\nNone\n"


def test_yaml_stream_is_the_pages_as_they_came() -> None:
    """A page of a yaml-stream keeps its marker; no token is added."""
    pages = Service(1, 2).list("yaml-stream", max_items=2)
    assert "".join(render(page, format="yaml-stream") for page in pages) == (
        "- Keys:\n  - KeyId: k0\n  NextMarker: m1\n  Truncated: true\n- Keys:\n  - KeyId: k1\n  Truncated: false\n"
    )


@pytest.mark.parametrize("form", ["text", "yaml-stream", "off"])
def test_a_long_list_streams(form: str) -> None:
    """What is printed page by page is fetched page by page: nothing waits for the end of the list."""
    service = Service(*[1] * 1000)
    listing = service.list(form)
    next(listing)
    assert len(service.requests) == 1


@pytest.mark.parametrize(
    ("raw", "options"),
    [({}, {"no_paginate": True}), ({"Limit": 1}, {}), ({"Marker": "m1"}, {}), ({"Limit": 2, "Marker": "m1"}, {})],
)
@pytest.mark.parametrize("form", ["json", "text", "yaml-stream"])
def test_pagination_by_hand_is_one_call(raw: dict[str, Any], options: dict[str, Any], form: str) -> None:
    """With `--no-paginate`, or a limit or marker of the caller's, the one answer is shown as it came."""
    service = Service(2, 2)
    (answer,) = service.list(form, raw, **options)
    assert service.requests == [raw]
    assert "Truncated" in answer


@pytest.mark.parametrize(
    ("raw", "options", "named"),
    [
        ({}, {"no_paginate": True, "max_items": 1}, "--max-items"),
        ({}, {"no_paginate": True, "max_items": 0}, "--max-items"),
        ({"Limit": 4}, {"max_items": 1, "page_size": 3}, "--page-size, --max-items"),
        (
            {"Marker": "m1"},
            {"max_items": 1, "page_size": 3, "starting_token": "m1"},
            "--starting-token, --page-size, --max-items",
        ),
    ],
)
def test_paging_options_need_pagination(raw: dict[str, Any], options: dict[str, Any], named: str) -> None:
    """Options that pagination would heed are refused where it is off, before any call."""
    service = Service(1)
    with pytest.raises(UsageError) as refused:
        service.list("json", raw, **options)
    assert refused.value.message == f"Cannot specify --no-paginate along with pagination arguments: {named}"
    assert service.requests == []
    with pytest.raises(UsageError):
        paginates(KEYS, raw, options)


@pytest.mark.parametrize(("most", "warned"), [(0, True), (-1, True), (1, False), (None, False)])
def test_a_limit_that_is_not_positive_is_warned_of(
    most: int | None, warned: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    """The warning goes to stderr, and the call goes on."""
    (answer,) = Service(1, 1).list("json", max_items=most)
    shown = capsys.readouterr()
    warning = "warning: Non-positive values for --max-items may result in undefined behavior.\n"
    assert (shown.out, shown.err) == ("", warning if warned else "")
    assert ("NextToken" in answer) == (most is not None)


def test_an_operation_without_pages_is_one_call() -> None:
    """Pagination options mean nothing to an operation that has no list."""
    (answer,) = answers(Service(1), None, {}, {"no_paginate": True}, format="text")
    assert identifiers(answer) == "k0"


def test_a_marker_that_does_not_move_ends_the_walk() -> None:
    """A service that answers with the marker it was sent would be asked for ever."""
    with pytest.raises(KmscliError, match="The same next token was received twice: m1"):
        answers(stuck, KEYS, {}, {}, format="json")


@pytest.mark.parametrize(
    ("token", "place"),
    [
        (None, (None, 0)),
        ("", ("", 0)),
        ("zzz", ("zzz", 0)),
        ("zzz___1", ("zzz", 1)),
        ("zzz___x", ("zzz___x", 0)),
        ("None___2", (None, 2)),
        ("None", (None, 0)),
        (write_token("m1"), ("m1", 0)),
        (write_token("m1", 3), ("m1", 3)),
        (write_token(None, 1), (None, 1)),
        ("WzFd", ("WzFd", 0)),
        ("ImEi", ("ImEi", 0)),
        ("eyJGb28iOiAxfQ==", ("eyJGb28iOiAxfQ==", 0)),
        ("é" * 4, ("é" * 4, 0)),
        ("W1tb" * 4000, ("W1tb" * 4000, 0)),
    ],
)
def test_a_starting_token_is_a_place_or_a_marker(token: str | None, place: tuple[str | None, int]) -> None:
    """What does not decode is taken as the marker itself, in the old form or alone, and left to the service."""
    assert read_token(token) == place


def test_a_starting_token_of_too_many_parts_is_refused() -> None:
    """The old form has one marker and one count."""
    with pytest.raises(KmscliError, match="Bad starting token: a___b___c"):
        read_token("a___b___c")


@given(st.none() | st.text(min_size=1), st.none() | st.integers(0, 1000))
def test_a_token_is_read_as_written(marker: str | None, skip: int | None) -> None:
    """Any marker and count survive the way through a token."""
    assert read_token(write_token(marker, skip)) == (marker, skip or 0)
