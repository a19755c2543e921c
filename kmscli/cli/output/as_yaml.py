"""`--output yaml` and `yaml-stream`, through the library and the C emitter that AWS CLI v2 itself prints with.

Both matter: YAML 1.2 decides which strings are quoted (`yes` is not, `1e3` is), libyaml where long lines fold.
"""

import io
from typing import Any

from kmscli.cli.output import as_json, is_scalar
from kmscli.cli.output.printable import printable, printable_throughout


def as_yaml(value: Any, *, terminal: bool) -> str:
    """A value in block style, members sorted by name. A bare scalar is JSON: YAML would end it with `...`."""
    if is_scalar(value):
        return as_json(value, terminal=terminal)
    encodable = printable_throughout(value, terminal=False)
    text = _dumped(encodable, allow_unicode=True)
    if terminal and printable(text, terminal=True) != text:
        return _dumped(encodable, allow_unicode=False)
    return text


def _dumped(value: Any, *, allow_unicode: bool) -> str:
    from ruamel.yaml import YAML

    writer = YAML(typ="safe")
    writer.default_flow_style = False
    writer.allow_unicode = allow_unicode
    stream = io.StringIO()
    writer.dump(value, stream)
    return stream.getvalue()
