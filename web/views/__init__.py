"""Pages on which somebody waits for a job, and fetches what it made."""
