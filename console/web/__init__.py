"""What every page stands on: who asks, whether they may, and how a page is written."""
