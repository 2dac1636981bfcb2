"""Lists of reported sites, as desks receive them: what a line is, which site it names, and when two sites are the same.

A site in a list is a report, not a finding. Nothing here, and nothing that uses it, ever fetches one.
"""
