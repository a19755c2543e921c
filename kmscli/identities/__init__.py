"""Who there is: users and their policies, as an account keeps them in the vault."""
