"""How does Django speak with PostgreSQL here? As ever, but a page never waits for a server that does not answer.

`DATABASES` names this package as its engine (`crsweb.roles`). docs/decisions/0016 says why.
"""
