"""The staff pages and the read model behind them: what each unit may see of each case, in display order.

Owns the timelines of cases and the pages. Consumes case.* and tip.held. Publishes nothing: officers' acts go to the
services that own them, with the officers' own tokens. `public/` is a process of its own and shares nothing with this.
"""
