"""How well agents are paired with users, measured on pairs that are known: `make match-report`."""
