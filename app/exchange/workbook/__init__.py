"""A risk ledger as a workbook, in and out (pure): opened safely, read by its headings, written, marked; no database."""
