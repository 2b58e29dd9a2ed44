"""What prepares and executes operations: documents, their cost, variables, the executor, the deadline."""
