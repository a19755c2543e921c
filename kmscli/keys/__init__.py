"""What a KMS key is: its record, its states, what its spec and usage allow, its material, and how it is found."""
