"""The operations of Amazon EC2 that kmscli has, one a module."""
