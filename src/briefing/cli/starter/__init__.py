"""What `briefing init` writes."""
