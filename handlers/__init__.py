"""What the business does when a customer wants something: one file per intent."""
