"""GraphiQL in a real Chromium that can reach nothing but this machine."""
