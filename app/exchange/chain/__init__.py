"""The ledger of an enterprise as a folder somebody else can check without the product."""
