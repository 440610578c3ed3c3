"""The pages people use: desk, campaigns, knowledge base, reports and settings."""
