"""The operations: how one is declared, and all of them, one file each."""
