"""Regions, enterprises, offices and org units, and who may see which."""
