"""AWS Signature Version 4: requests signed, and their signatures checked (IAM User Guide, "Create a signed AWS API
request").

What is refused is worded as AWS words it (reference, kms-semantics 16.4). The time of a signature is compared with the
machine's clock, never with a vault's that was moved.
"""

import calendar
import time
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import parse_qsl, quote

from kmscli.crypto.hashing import KeyedMac, hmac_sha256, sha256
from kmscli.errors import (
    IncompleteSignatureException,
    InvalidSignatureException,
    MissingAuthenticationTokenException,
)
from kmscli.operations.credentials import Credentials

ALGORITHM = "AWS4-HMAC-SHA256"
SKEW = 5 * 60
"""Seconds that a signature's time may be away from now, either way."""
SIGNED = ("host", "x-amz-target", "x-amz-security-token")
"""The headers that a signature has to cover: the first always, the others if they are there."""
_PARTS = ("Credential", "Signature", "SignedHeaders")

Headers = Mapping[str, str]
"""By name in small letters; a header that is there several times has its values joined by commas."""


class HttpRequest:
    """What is signed of a request. `target`: its path with its query, as they were sent."""

    def __init__(self, method: str, target: str, headers: Headers, body: bytes) -> None:
        self.method = method
        self.target = target
        self.path, _, self.query = target.partition("?")
        self.headers = headers
        self.body = body


class Signature:
    """What a request's Authorization says. `moment`: as `20260105T090000Z`. `names`: of the signed headers."""

    def __init__(
        self,
        *,
        key_id: str,
        date: str,
        region: str,
        service: str,
        moment: str,
        names: list[str],
        value: str,
        token: str,
    ) -> None:
        self.key_id = key_id
        self.date = date
        self.region = region
        self.service = service
        self.moment = moment
        self.names = names
        self.value = value
        self.token = token

    @property
    def scope(self) -> str:
        """The credential scope."""
        return f"{self.date}/{self.region}/{self.service}/aws4_request"


def signature_of(request: HttpRequest, now: float, service: str) -> Signature:
    """What a request says of its signature, which is yet to be checked. `service`: the one that is called.

    Raises MissingAuthenticationTokenException, IncompleteSignatureException. InvalidSignatureException: it is for
    another service, or of another time.
    """
    authorization = request.headers.get("authorization", "")
    if not authorization:
        raise MissingAuthenticationTokenException("Missing Authentication Token")
    parts = _parts(authorization)
    moment = request.headers.get("x-amz-date", "")
    credential = parts.get("Credential", "").split("/")
    missing = [f"Authorization header requires '{part}' parameter." for part in _PARTS if not parts.get(part)]
    if not moment:
        missing.append("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.")
    if missing or not authorization.startswith(ALGORITHM + " ") or len(credential) != 5:
        raise IncompleteSignatureException(" ".join([*missing, f"Authorization={_shown(authorization)}"]))
    key_id, date, region, scoped, end = credential
    if (scoped, end) != (service, "aws4_request"):
        raise InvalidSignatureException(f"Credential should be scoped to correct service: '{service}'. ")
    _check_moment(moment, date, now)
    return Signature(
        key_id=key_id,
        date=date,
        region=region,
        service=service,
        moment=moment,
        names=parts["SignedHeaders"].split(";"),
        value=parts["Signature"],
        token=request.headers.get("x-amz-security-token", ""),
    )


def check(request: HttpRequest, signature: Signature, secret: str) -> None:
    """Raises InvalidSignatureException: the signature was not made with this secret, or not of this request."""
    for name in SIGNED:
        if name not in signature.names and (name == "host" or name in request.headers):
            raise InvalidSignatureException(InvalidSignatureException.MISMATCH)
    text = canonical(request, signature)
    # some clients sign the bytes that they send, others the text, by UTF-8: headers that are no ASCII tell them apart
    if not _is_of(text.encode(), signature, secret) and (
        text.isascii() or not _is_of(text.encode("latin-1"), signature, secret)
    ):
        raise InvalidSignatureException(InvalidSignatureException.MISMATCH)


def signed(request: HttpRequest, credentials: Credentials, scope: tuple[str, str], now: float) -> dict[str, str]:
    """A request's headers with its signature. `scope`: the Region and the service that it is for."""
    moment = _basic(now)
    headers = {**request.headers, "x-amz-date": moment}
    if credentials.token:
        headers["x-amz-security-token"] = credentials.token
    signature = Signature(
        key_id=credentials.key_id,
        date=moment[:8],
        region=scope[0],
        service=scope[1],
        moment=moment,
        names=sorted(headers),
        value="",
        token=credentials.token,
    )
    text = canonical(HttpRequest(request.method, request.target, headers, request.body), signature)
    value = computed(text.encode(), signature, credentials.secret)
    parts = {
        "Credential": f"{credentials.key_id}/{signature.scope}",
        "SignedHeaders": ";".join(signature.names),
        "Signature": value,
    }
    said = ", ".join(f"{name}={part}" for name, part in parts.items())
    return {**headers, "authorization": f"{ALGORITHM} {said}"}


def computed(canonical_request: bytes, signature: Signature, secret: str) -> str:
    """The signature of a canonical request, hex."""
    return _signer_of(signature, secret).of(_to_sign(canonical_request, signature)).hex()


def _is_of(canonical_request: bytes, signature: Signature, secret: str) -> bool:
    """Whether a signature is that of a canonical request, in hex of small letters; compared in constant time."""
    try:
        value = bytes.fromhex(signature.value)
    except ValueError:
        return False
    is_holding = _signer_of(signature, secret).holds(value, _to_sign(canonical_request, signature))
    return is_holding and value.hex() == signature.value


def _to_sign(canonical_request: bytes, signature: Signature) -> bytes:
    text = f"{ALGORITHM}\n{signature.moment}\n{signature.scope}\n{sha256(canonical_request).hex()}"
    return text.encode()


def _signer_of(signature: Signature, secret: str) -> KeyedMac:
    return _signer(secret, signature.date, signature.region, signature.service)


@lru_cache(maxsize=64)  # a client's requests of a day have one
def _signer(secret: str, date: str, region: str, service: str) -> KeyedMac:
    """What signs under the key that is derived from a secret for a scope."""
    key = f"AWS4{secret}".encode()
    for part in (date, region, service, "aws4_request"):
        key = hmac_sha256(key, part.encode())
    return KeyedMac(key)


def canonical(request: HttpRequest, signature: Signature) -> str:
    """The canonical request."""
    path, query = _canonical_target(request.path, request.query)
    headers = "".join([f"{name}:{_trimmed(request.headers.get(name, ''))}\n" for name in signature.names])
    names, digest = ";".join(signature.names), sha256(request.body).hex()
    return f"{request.method}\n{path}\n{query}\n{headers}\n{names}\n{digest}"


def _trimmed(value: str) -> str:
    """A header's value with one space wherever there are several; a byte of another character's is none."""
    if value.isascii():
        return " ".join(value.split())
    return b" ".join(value.encode("latin-1").split()).decode("latin-1")


@lru_cache(maxsize=64)  # most requests are for "/"
def _canonical_target(path: str, query: str) -> tuple[str, str]:
    """A path and a query as they are signed."""
    pairs = sorted((quote(name, safe="-_.~"), quote(value, safe="-_.~")) for name, value in _pairs(query))
    return quote(path or "/", safe="/-_.~"), "&".join(f"{name}={value}" for name, value in pairs)


def _pairs(query: str) -> list[tuple[str, str]]:
    return parse_qsl(query, keep_blank_values=True)


def _parts(authorization: str) -> dict[str, str]:
    _, _, given = authorization.partition(" ")
    pairs = (part.strip().partition("=") for part in given.split(","))
    return {name: value for name, _, value in pairs}


def _shown(authorization: str) -> str:
    """The header as a message may show it: without the signature."""
    return authorization.partition("Signature=")[0].strip()


def _check_moment(moment: str, date: str, now: float) -> None:
    try:
        then = _seconds(moment)
    except ValueError:
        raise IncompleteSignatureException(f"Date must be in ISO-8601 'basic format'. Got '{moment}'.") from None
    if moment[:8] != date:
        raise InvalidSignatureException(
            f"Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
            f"'{date}' != '{moment[:8]}', from '{moment}'."
        )
    if abs(then - now) <= SKEW:
        return
    edge, shown = _basic(now - SKEW), _basic(now)
    if then < now - SKEW:
        raise InvalidSignatureException(f"Signature expired: {moment} is now earlier than {edge} ({shown} - 5 min.)")
    late = _basic(now + SKEW)
    words = f"{moment} is still later than {late} ({shown} + 5 min.)"
    raise InvalidSignatureException(f"Signature not yet current: {words}")


@lru_cache(maxsize=64)  # requests of the same second say the same
def _seconds(moment: str) -> int:
    """The time that a signature states, since the epoch. Raises ValueError."""
    return calendar.timegm(time.strptime(moment, "%Y%m%dT%H%M%SZ"))


def _basic(moment: float) -> str:
    return time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(moment))
