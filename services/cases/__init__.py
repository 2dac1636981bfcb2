"""Cases: proposed by a rule from signals and forwarded tips, claimed by one competent unit, closed with an outcome.

Owns: cases, their origins, claims.
Consumes: signal.detected, tip.forwarded, tip.held; the commands case.claim and case.close (inbound topic and HTTP).
Publishes: case.proposed, case.signal_added, case.claimed, case.claim_lost, case.closed; an answer to each command.
"""
