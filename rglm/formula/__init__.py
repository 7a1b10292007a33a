"""R's formula language: text, expression tree, terms, evaluation."""
