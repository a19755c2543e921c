"""What limits calls beside the policies of keys and identities: VPC endpoints, as accounts keep them in the vault."""
