"""What people are told: an inbox for each, and what leaves for the outside."""
