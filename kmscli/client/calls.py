"""Calls sent to an endpoint: KMS by its JSON protocol, STS by its query protocol, both signed."""

from typing import Any

from kmscli import query, wire
from kmscli.client.attempts import AnsweredError, in_attempts
from kmscli.client.endpoint import Endpoint
from kmscli.clock import system_time
from kmscli.errors import KmscliError, SerializationException
from kmscli.operations.credentials import Credentials
from kmscli.operations.operation import Operation
from kmscli.operations.shapes import Response
from kmscli.sigv4 import HttpRequest, signed

SERVICES = ("kms", "sts")


class Client:
    """Sends calls of one Region, each in so many `attempts` at most. Without credentials they are not signed; by a Unix
    socket the host's name tells the Region then, as AWS's own does.
    """

    def __init__(
        self, endpoint: Endpoint, credentials: Credentials | None, region: str, agent: str, attempts: int
    ) -> None:
        self.endpoint = endpoint
        self.credentials = credentials
        self.region = region
        self.agent = agent
        self.attempts = attempts

    def call(self, operation: Operation, raw: dict[str, Any]) -> Response | None:
        """What the endpoint answers; None where the operation has no answer.

        Raises ServiceError: it refuses. KmscliError: it does not answer, or what it answers cannot be understood.
        """
        protocol = wire if operation.service == "kms" else query
        headers, sent = protocol.request_headers(operation), protocol.request_body(operation, raw)

        def attempt() -> bytes:
            status, body = self._exchange(operation, headers, sent)
            if status >= 300:
                code, message = protocol.error_in(status, body)
                raise AnsweredError(code, message, status)
            return body

        body = in_attempts(self.attempts, attempt)
        if operation.response is None:
            return None
        try:
            return operation.response.accept(protocol.answer_in(operation, body), "", [])
        except (SerializationException, ValueError):
            raise KmscliError(f'What endpoint URL "{self.endpoint.place.url}" answered is no answer of KMS.') from None

    def _exchange(self, operation: Operation, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        place = self.endpoint.place
        tells_region = place.path and not self.credentials
        host = f"{operation.service}.{self.region}.amazonaws.com" if tells_region else place.header
        headers = {"host": host, "user-agent": self.agent, **headers}
        if self.credentials:
            request = HttpRequest("POST", place.target, headers, body)
            scope = (self.region, operation.service)
            headers = signed(request, self.credentials, scope, system_time())
        return self.endpoint.post(headers, body)
