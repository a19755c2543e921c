import json

import pytest

from kmscli.authorization.positions import Place, statement_places

LONE = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"dynamodb:*","Resource":"*"}}'
PRETTY = json.dumps({"Version": "2012-10-17", "Statement": [{"Sid": "a]"}, {"Sid": "b", "Condition": {}}]}, indent=4)


@pytest.mark.parametrize(
    ("text", "places"),
    [
        (LONE, [((1, 38), (1, len(LONE)))]),
        (' {\n"Id" : "Statement" ,\n "Statement" : { } }', [((3, 17), (3, 19))]),
        ('{"Statement":[{},{"a":[1,{}]} , {}]}', [((1, 15), (1, 17)), ((1, 18), (1, 30)), ((1, 32), (1, 35))]),
        (PRETTY, [((3, 19), (6, 10)), ((6, 11), (10, 10))]),
    ],
)
def test_where_statements_stand(text: str, places: list[tuple[Place, Place]]) -> None:
    """Lines and columns from 1, from behind the bracket or comma before a statement to behind its own."""
    assert statement_places(text) == places
