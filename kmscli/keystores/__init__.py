"""Where key material lives and works. One store a module: `in_vault` keeps it in the vault's sealed rows."""
