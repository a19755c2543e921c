"""The members that the operations on custom key stores share, and what of them the trail shows (reference,
kms-semantics 12, 14.2).
"""

from typing import Any

from kmscli.keys.key_stores import CLOUD_HSM, EXTERNAL, PRIVATE, PUBLIC
from kmscli.operations.fields import Enum, Render, String
from kmscli.operations.shapes import Request, Shape, Structure


class CustomKeyStoreId(String):
    """A key store's id."""

    def __init__(self, help: str = "The custom key store, by its id.") -> None:
        super().__init__(1, 64, help=help)


class CustomKeyStoreName(String):
    """A key store's name."""

    def __init__(self, help: str = "", *, logged: bool = True) -> None:
        super().__init__(1, 256, help=help, logged=logged)


class CustomKeyStoreType(Enum):
    """What a key store is backed by."""

    def __init__(self, help: str = "") -> None:
        super().__init__(CLOUD_HSM, EXTERNAL, help=help, logged=False)


class CloudHsmClusterId(String):
    """A CloudHSM cluster's id."""

    def __init__(self, help: str = "") -> None:
        super().__init__(19, 24, pattern="cluster-[2-7a-zA-Z]{11,16}", help=help)


class KeyStorePassword(String):
    """The password of the user as whom KMS logs in to a cluster."""

    def __init__(self) -> None:
        help = "The password of the cluster's user kmsuser."
        super().__init__(7, 32, help=help, secret=True, logged=False)


class TrustAnchorCertificate(String):
    """A cluster's certificate; never logged, and so not shown in an error's message either, since that is."""

    def __init__(self, help: str = "") -> None:
        super().__init__(1, 5000, help=help, logged=False)

    def shown(self, value: Any) -> str:  # noqa: ARG002  whatever it is
        return "<sensitive>"


class XksProxyConnectivity(Enum):
    """How KMS reaches a proxy."""

    def __init__(self, help: str = "") -> None:
        super().__init__(PUBLIC, PRIVATE, help=help, logged=False)


class XksProxyUriEndpoint(String):
    """A proxy's host."""

    def __init__(self, help: str = "") -> None:
        super().__init__(10, 128, pattern="^https://[a-zA-Z0-9.-]+$", help=help, logged=False)


class XksProxyUriPath(String):
    """Where on its host a proxy is."""

    def __init__(self, help: str = "") -> None:
        pattern = "^(/[a-zA-Z0-9\\/_-]+/kms/xks/v\\d{1,2})$|^(/kms/xks/v\\d{1,2})$"
        super().__init__(10, 128, pattern=pattern, help=help, logged=False)


class VpcEndpointServiceName(String):
    """The VPC endpoint service through which a proxy is reached."""

    def __init__(self, help: str = "") -> None:
        pattern = "^(com|eu)\\.amazonaws\\.vpce\\.([a-z]+-){2,3}\\d+\\.vpce-svc-[0-9a-z]+$"
        super().__init__(20, 64, pattern=pattern, help=help, logged=False)


class VpcEndpointServiceOwner(String):
    """The account of a VPC endpoint service."""

    def __init__(self, help: str = "") -> None:
        super().__init__(12, 12, pattern="[0-9]{12}", help=help, logged=False)


class AccessKeyId(String):
    """The name of the secret that a proxy knows KMS by."""

    def __init__(self, help: str = "") -> None:
        super().__init__(20, 30, pattern="^[A-Z2-7]+$", help=help, secret=True, logged=False)


class XksProxyAuthenticationCredential(Shape):
    """What KMS signs its requests to a proxy with."""

    access_key_id = AccessKeyId("The id of the secret access key.").required()
    raw_secret_access_key = String(
        43, 64, pattern="^[a-zA-Z0-9\\/+=]+$", help="The secret access key.", secret=True, logged=False
    ).required()


class Credential(Structure[XksProxyAuthenticationCredential]):
    """A proxy's credential."""

    def __init__(self) -> None:
        help = "The credential that the proxy knows AWS KMS by, both halves of it."
        super().__init__(XksProxyAuthenticationCredential, help=help, logged=False)


class KeyStoreRequest(Request):
    """A request about a key store. The trail has a name of its own for its cluster."""

    def logged(self, style: Render) -> dict[str, Any]:
        shown = super().logged(style)
        if "cloudHsmClusterId" in shown:
            shown["clusterId"] = shown.pop("cloudHsmClusterId")
        return shown
