"""Events, what the plan asks of them, and what readers say of the service."""
