"""What limits calls beside the policies of keys and identities: VPC endpoints, organizations and their policies."""
