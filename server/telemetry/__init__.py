"""What an operator sees of a process that serves: logs, metrics, traces."""
