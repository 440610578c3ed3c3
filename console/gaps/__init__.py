"""What customers ask in vain, what is right for it, and how well questions are answered: pages for editors."""
