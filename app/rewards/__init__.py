"""What reporters are rewarded with: a ledger, internal rewards apart from public ones."""
