"""The operations of AWS Organizations that kmscli has, one a module."""
