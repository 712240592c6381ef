"""The one place that knows the order of the stages.

`render` is the whole way; `draft`, `speaking`, `episodes` and `publishing` are its legs, `planning`, `review` and `hearing` look
without making. Each is imported by its own name: a worker that speaks loads `voicing` and nothing of the rest.
"""
