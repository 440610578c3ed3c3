"""What the checkout as a whole must keep true; each test says what to do when it fails."""
