"""From clips to a mastered, tagged file: edits, measures, timeline, mastering, encoder."""
