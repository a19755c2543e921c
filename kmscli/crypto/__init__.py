"""Bytes in, bytes out: one algorithm family a module. No clock, no files, no vault.

The only room that imports `cryptography`, so that what kmscli trusts can be read in one place.
"""
