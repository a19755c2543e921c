"""What the model of keys' lives is made of: material, a key's places, and how their states are refused."""

SYMMETRIC = "SYMMETRIC_DEFAULT"
INVALID = "KMSInvalidStateException"
UNSUPPORTED = "UnsupportedOperationException"
GONE = "NotFoundException"
REFUSALS = {
    "Disabled": "DisabledException: is disabled.",
    "PendingDeletion": f"{INVALID}: is pending deletion.",
    "PendingReplicaDeletion": f"{INVALID}: is pending replica deletion.",
    "PendingImport": f"{INVALID}: is pending import.",
}
"""How a state is refused (3.4)."""

DELETING = ("PendingDeletion", "PendingReplicaDeletion")
UNDELETED = ("Enabled", "Disabled", "PendingImport")
SWITCHABLE = ("Enabled", "Disabled")


class Material:
    """Material of a key: the bytes that were imported, if they were, and its id once it was seen."""

    def __init__(self, secret: bytes = b"", *, pending: bool = False) -> None:
        self.secret = secret
        self.pending = pending
        self.id = ""


class Place:
    """What a key has for itself in its Region. `held`: the imported material that is there, and when each expires."""

    def __init__(self) -> None:
        self.enabled = True
        self.deletion: float | None = None
        self.window: int | None = None
        self.held: dict[Material, float | None] = {}
        self.description = ""
        self.tags: dict[str, str] = {}
        self.policy = ""
        """One that was put; empty: the default."""
        self.aliases: set[str] = set()
        self.grants: dict[str, str] = {}
        """Names by id."""
