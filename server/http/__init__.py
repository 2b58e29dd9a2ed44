"""What speaks HTTP and WebSocket: the endpoint, requests, negotiation, CORS, files, GraphiQL."""
