"""All that is generated is as `make docs` would make it now."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_nothing_generated_is_stale() -> None:
    """The index, completions, man pages and docs pages follow from the declarations; `make docs` mends a failure."""
    checked = subprocess.run(
        [sys.executable, str(ROOT / "docs" / "generate"), "--check"], capture_output=True, text=True, check=False
    )
    assert (checked.stdout, checked.stderr, checked.returncode) == ("", "", 0)
