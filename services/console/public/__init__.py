"""The public door: takes tips and answers for receipts. A process of its own, and the only one the public reaches.

It has no database, one token scope (submit, status), and keeps no address of any client, in no log and in no row.
Consumes and publishes nothing; hands each request to intake with its own token.
"""
