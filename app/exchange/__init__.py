"""Workbooks in and out: the risk ledger as Excel, its template, and imports that are checked before they are made."""
