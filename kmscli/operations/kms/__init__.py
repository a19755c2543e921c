"""The operations of KMS, one module each, named after it. To add one, look at `describe_key` or `encrypt`."""
