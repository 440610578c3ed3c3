"""What editors do with entries: drafts, revisions, diffs, and trials that show a loss before customers do."""
