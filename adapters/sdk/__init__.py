"""What an agency's adapter needs and no agency owns: settings, a paging client, a cursor, a quarantine, a sender."""
