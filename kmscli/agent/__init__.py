"""The agent: a warm interpreter that holds the root keys of unlocked vaults, for one user, on a Unix socket."""
