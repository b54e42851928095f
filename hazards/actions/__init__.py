"""What can be done to hazards. Each function is one transaction; ``by`` is whoever acts."""
