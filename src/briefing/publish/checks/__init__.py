"""The rules that `briefing check` holds a show against, by what they look at; `catalogue` lists them all."""
