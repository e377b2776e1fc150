"""Hazard sources to begin from: entries by trade with measures and check items, searched, suggested, adopted."""
