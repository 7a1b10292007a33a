"""Whether the model is any good."""
