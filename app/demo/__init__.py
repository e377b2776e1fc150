"""The demo: two counties, three enterprises and twelve weeks of their work, played through the services."""
