"""What happens when an event arrives, and what is read for a viewer."""
