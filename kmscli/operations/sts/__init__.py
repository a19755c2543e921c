"""The operations of AWS STS that kmscli has, one a module."""
