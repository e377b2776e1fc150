"""Pages: what a scan shows, signing in, and the worker's check, rendered here and readable on any phone."""
