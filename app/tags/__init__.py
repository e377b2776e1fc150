"""QR tags: issued for a point, looked up when scanned, revoked."""
