"""One package per platform that feeds us: it reads what arrived and knows nothing of the database."""
