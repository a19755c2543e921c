"""A model of the lives of keys, written from the reference (kms-semantics 3, 9 to 11) and not from the engine.

It keeps less than a vault does: it knows no material, no ciphertext and no record, only what becomes of them.
"""

from kmscli.clock import DAY, MINUTE
from tests.engine.places import DELETING, GONE, INVALID, REFUSALS, SYMMETRIC, UNDELETED, UNSUPPORTED, Material, Place


class Life:
    """A key, or a multi-Region key with its replicas.

    `happened`: what leaves an event beside those of the calls: what, when, where.
    """

    def __init__(self, key: str, spec: str, origin: str, region: str, *, spans: bool) -> None:
        self.key = key
        self.spec = spec
        self.origin = origin
        self.spans = spans
        self.primary = region
        self.places = {region: Place()}
        self.materials = [] if self.is_imported else [Material()]
        self.current: Material | None = None if self.is_imported else self.materials[0]
        self.period = 0
        self.rotates: float | None = None
        self.on_demand = 0
        self.happened: list[tuple[str, float, str]] = []

    @property
    def is_doomed(self) -> bool:
        """Whether it waits for its deletion in some Region."""
        return any(self.state(region) in DELETING for region in self.places)

    @property
    def is_imported(self) -> bool:
        """Whether its material is imported."""
        return self.origin == "EXTERNAL"

    @property
    def can_have_more(self) -> bool:
        """Whether it has imported material and takes more (10.2)."""
        return self.spec == SYMMETRIC and bool(self.materials)

    @property
    def own_materials(self) -> list[Material]:
        """Those that are its own for good."""
        return [one for one in self.materials if not one.pending]

    @property
    def pending(self) -> Material | None:
        """The material that waits for a rotation."""
        return next((one for one in self.materials if one.pending), None)

    def aliases(self, region: str) -> set[str]:
        """The key's aliases in a Region."""
        return self.places[region].aliases if region in self.places else set()

    def is_everywhere(self, material: Material) -> bool:
        """Whether imported material is in all Regions."""
        return all(material in place.held for place in self.places.values())

    def material_state(self, material: Material) -> str:
        """What ListKeyRotations calls a material (9.4)."""
        if material.pending:
            return "PENDING_ROTATION" if self.is_everywhere(material) else "PENDING_MULTI_REGION_IMPORT_AND_ROTATION"
        return "CURRENT" if material is self.current else "NON_CURRENT"

    def import_state(self, material: Material, region: str) -> str | None:
        """What it says of a material's import (9.4)."""
        if not self.is_imported:
            return None
        return "IMPORTED" if material in self.places[region].held else "PENDING_IMPORT"

    def lacks(self, region: str) -> bool:
        """Whether a Region waits for an import (3.1)."""
        own = self.own_materials
        return self.is_imported and not (own and all(one in self.places[region].held for one in own))

    def state(self, region: str) -> str:
        """The key's state in a Region; empty: there is none."""
        place = self.places.get(region)
        if place is None:
            return ""
        if place.deletion is not None:
            return "PendingDeletion"
        if place.window is not None:
            return "PendingReplicaDeletion"
        if self.lacks(region):
            return "PendingImport"
        return "Enabled" if place.enabled else "Disabled"

    def refusal(self, region: str, *allowed: str, gone: str = GONE) -> str:
        """How a call is refused that is for some states: by default for cryptography."""
        state = self.state(region)
        if not state:
            return gone
        return "" if state in (allowed or ("Enabled",)) else REFUSALS[state]

    def primary_refusal(self, region: str) -> str:
        """How a call is refused that is for usable primary keys (11)."""
        if not self.state(region):
            return GONE
        return self.refusal(region) if self.spans and region == self.primary else UNSUPPORTED

    def replica_refusal(self, region: str, to: str) -> str:
        """How a replica in a Region is refused (11)."""
        return self.primary_refusal(region) or ("AlreadyExistsException" if to in self.places else "")

    def move_refusal(self, region: str, to: str) -> str:
        """How it is refused that a Region's key becomes the primary key (11)."""
        return self.primary_refusal(region) or ("ValidationException" if to == region else self.refusal(to))

    def cancel_refusal(self, region: str) -> str:
        """How it is refused that a deletion is cancelled (3.3)."""
        if not self.state(region):
            return GONE
        return "" if self.state(region) in DELETING else f"{INVALID}: is not pending deletion."

    def imports_refusal(self, region: str, *allowed: str) -> str:
        """How a call is refused that is for keys of imported material, in some states (3.3)."""
        if not self.state(region):
            return GONE
        return self.refusal(region, *allowed) if self.is_imported else UNSUPPORTED

    def rotation_refusal(self, region: str, *, by_itself: bool) -> str:
        """How automatic rotation cannot be changed, or rotation on demand cannot be had (9.1)."""
        if not self.state(region):
            return GONE
        wrong = self.spec != SYMMETRIC or region != self.primary or (by_itself and self.is_imported)
        return UNSUPPORTED if wrong else self.refusal(region)

    def on_demand_refusal(self, region: str, now: float) -> str:
        """How rotation on demand is refused (9.3)."""
        refusal = self.rotation_refusal(region, by_itself=False)
        if refusal:
            return refusal
        pending = self.pending
        if self.is_imported and not (pending and self.is_everywhere(pending)):
            return INVALID
        if self.rotates is not None and self.rotates - now <= 20 * MINUTE:
            return "ConflictException"
        return "LimitExceededException" if self.on_demand >= 25 else ""

    def import_refusal(self, region: str, secret: bytes, *, new: bool) -> str:
        """How an import is refused (10.2)."""
        refusal = self.imports_refusal(region, *UNDELETED)
        if refusal:
            return refusal
        known = any(one.secret == secret for one in self.materials)
        if self.materials and not (new and self.can_have_more):
            return "" if known else "IncorrectKeyMaterialException"
        if region != self.primary:
            return UNSUPPORTED
        if known:
            return "IncorrectKeyMaterialException"
        return INVALID if self.pending else ""

    def replicate(self, region: str, now: float) -> None:
        """A replica is made. Imported material it waits for."""
        self.places[region] = Place()
        self.happened.append(("CreateKey", now, region))

    def move(self, region: str, now: float) -> None:
        """A replica becomes the primary key."""
        self.primary = region
        self.happened.append(("UpdatePrimaryRegion", now, region))

    def schedule(self, region: str, now: float, days: int) -> None:
        """A key is scheduled for deletion; a primary key waits for its replicas first."""
        place = self.places[region]
        if region == self.primary and len(self.places) > 1:
            place.window = days
        else:
            place.deletion = now + days * DAY

    def cancel(self, region: str) -> None:
        """A deletion is cancelled."""
        place = self.places[region]
        place.deletion = place.window = None
        place.enabled = False
        self._settle()

    def enable(self, region: str, now: float) -> None:
        """A key is enabled, and rotates if it should have before."""
        self.places[region].enabled = True
        if region == self.primary and self.rotates is not None and self.rotates <= now:
            self._rotate(now)

    def turn_rotation(self, now: float, period: int) -> None:
        """Automatic rotation is turned on, or, without a period, off. The same period again changes nothing."""
        if period and period == self.period:
            return
        self.period = period
        self.rotates = now + period * DAY if period else None
        self._synchronize(now)

    def rotate_on_demand(self, now: float) -> None:
        """A rotation on demand: to the pending material, if there is one."""
        self.on_demand += 1
        if self.pending:
            self.current = self.pending
            self.current.pending = False
        else:
            self._add()
        self._note_rotation(now)

    def bring(self, region: str, secret: bytes, now: float, expiry: float | None, *, new: bool) -> Material:
        """Material is imported, as new or once more."""
        known = next((one for one in self.materials if one.secret == secret), None)
        if new or not self.materials:
            known = Material(secret, pending=bool(self.materials))
            self.materials.append(known)
            self.current = self.current or known
            self._synchronize(now)
        assert known
        self.places[region].held[known] = expiry
        self._settle()
        return known

    def take(self, region: str, material: Material) -> None:
        """Imported material is deleted, or expires: pending material everywhere, if it was the primary key's."""
        if material.pending and region == self.primary:
            self.materials.remove(material)
            for place in self.places.values():
                place.held.pop(material, None)
        self.places[region].held.pop(material, None)
        self._settle()

    def pass_time(self, now: float) -> None:
        """All that falls due up to a moment, in order."""
        while coming := [one for one in self._coming() if one[0] <= now]:
            when, _, what, region, material = min(coming, key=lambda one: one[:2])
            if what == "DeleteKey":
                self._delete(region, when)
            elif what == "RotateKey":
                self._rotate(when)
            elif material:
                self.take(region, material)
                self.happened.append((what, when, region))

    def _coming(self) -> list[tuple[float, int, str, str, Material | None]]:
        coming: list[tuple[float, int, str, str, Material | None]] = []
        for region, place in self.places.items():
            if place.deletion is not None:
                coming.append((place.deletion, 0, "DeleteKey", region, None))
            expiring = [(expiry, one) for one, expiry in place.held.items() if expiry is not None]
            coming += [(expiry, 1, "DeleteExpiredKeyMaterial", region, one) for expiry, one in expiring]
        if self.rotates is not None and self.state(self.primary) == "Enabled":
            coming.append((self.rotates, 2, "RotateKey", self.primary, None))
        return coming

    def _delete(self, region: str, when: float) -> None:
        del self.places[region]
        self.happened.append(("DeleteKey", when, region))
        primary = self.places.get(self.primary)
        if primary and primary.window is not None and len(self.places) == 1:
            primary.deletion, primary.window = when + primary.window * DAY, None

    def _rotate(self, when: float) -> None:
        self.rotates = when + self.period * DAY
        self._add()
        self._note_rotation(when)

    def _add(self) -> None:
        self.current = Material()
        self.materials.append(self.current)

    def _note_rotation(self, when: float) -> None:
        self.happened += [("RotateKey", when, region) for region in self.places]
        self._synchronize(when)

    def _synchronize(self, when: float) -> None:
        if len(self.places) > 1:
            self.happened.append(("SynchronizeMultiRegionKey", when, self.primary))

    def _settle(self) -> None:
        """A key that waits for its import is enabled by it (3.2)."""
        for region in self.places:
            if self.state(region) == "PendingImport":
                self.places[region].enabled = True
