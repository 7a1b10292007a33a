"""Pictures of records and fits."""
