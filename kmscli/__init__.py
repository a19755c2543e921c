"""kmscli: `aws kms`, subcommand for subcommand, against an encrypted local vault."""

__version__ = "0.1.0"
