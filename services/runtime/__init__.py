"""What every service process shares: settings, secrets, logs, the HTTP app, verified actors, start and stop."""
