"""What happens when an event arrives, and when a feed is read or written to its topic."""
