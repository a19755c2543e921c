"""The encrypted file: its format, its keyslots, its sealed rows and their transactions.

A row store (`rows`, `sqlite`) sees sealed rows only; the `keyring` seals them; a `transaction` reads a snapshot and
buffers what it writes; a `vault` commits. The only room that knows SQL. `docs/vault-format.md` has the bytes.
"""
