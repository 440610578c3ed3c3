"""What a customer may ask for: no more advertising, in every conversation; a copy of everything; deletion."""
