"""The audit trail: events, the chained log, its verification, replay and reports. `docs/trail-format.md` has the bytes."""
