"""What the pages and the API of all apps share. Lowest but one floor: knows Django alone."""
