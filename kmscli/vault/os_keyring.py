"""A vault's key in the keyring of the desktop, where the `keyring` extra is installed."""

SERVICE = "kmscli"


def stored_key(vault_id: str) -> bytes | None:
    """The key of a vault, in base64, or None: no keyring here, or nothing in it.

    Whether the extra is there is asked before importing it: its import costs 0.4 s.
    """
    import importlib.util

    if importlib.util.find_spec("keyring") is None:
        return None
    import keyring
    from keyring.errors import KeyringError

    try:
        found = keyring.get_password(SERVICE, vault_id)
    except KeyringError:
        return None
    return found.encode() if found else None


def store_key(vault_id: str, key: str) -> None:
    """Keep a vault's key in the keyring. Raises ConfigurationError: there is none."""
    from kmscli.errors import ConfigurationError

    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        raise ConfigurationError(
            "The keyring is an extra that is not installed.", mend="pip install 'kmscli[keyring]'"
        ) from None
    try:
        keyring.set_password(SERVICE, vault_id, key)
    except KeyringError:
        raise ConfigurationError("This machine has no keyring that kmscli can use.") from None
