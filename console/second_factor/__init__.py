"""A second factor for acts that must not be done by whoever finds an open page: a code of the person's phone."""
