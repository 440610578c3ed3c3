"""Who is speaking: identity across channels, profile, events and segments."""
