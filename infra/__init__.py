"""What the services stand on: the embedded stack, migrations, and the declared state of Kafka and PostgreSQL."""
