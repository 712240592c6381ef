"""From episodes to files: feed, pages, transcripts, chapters, cover, the lock of guids, the folder, its check."""
