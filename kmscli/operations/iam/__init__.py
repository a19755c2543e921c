"""The operations of AWS IAM that kmscli has, one a module."""
