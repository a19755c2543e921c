"""`Generic` for the type checker alone.

At run time the real one costs every process 4 ms, a tenth of a call, for the classes that kmscli declares with it; so
there a subscript is the class itself.
"""

from typing import TYPE_CHECKING, Any

__all__ = ["Generic"]

if TYPE_CHECKING:
    from typing import Generic
else:

    class Generic:
        """Takes type parameters, and forgets them."""

        def __class_getitem__(cls, _: Any) -> type:
            return cls
