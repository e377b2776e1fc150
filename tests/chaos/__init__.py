"""What happens when the plug is pulled: servers killed under load, and a line that loses answers."""
