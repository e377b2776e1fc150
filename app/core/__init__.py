"""What every room stands on: transaction, clock, actor, endpoint, errors, paging, the ledger, storage."""
