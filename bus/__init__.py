"""How services speak to each other: broker port, unit of work, outbox, relay, consumer, sealing. Knows no service."""
