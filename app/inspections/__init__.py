"""Checklists and inspections; a failed item becomes a hidden hazard."""
