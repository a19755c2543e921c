"""The audit trail: events, the chained log, its verification and replay. `docs/trail-format.md` has the bytes."""
