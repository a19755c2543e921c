"""What a process that stands in for another cannot do: prompt."""


class GivenBack(BaseException):
    """Nothing was done yet, and the process that was stood in for has to do it all by itself.

    No Exception, so that nothing on the way takes it for a failure. `is_possible`: whether this process stands in.
    """

    is_possible = False
