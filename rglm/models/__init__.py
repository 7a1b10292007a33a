"""What users call and hold: glm, lm."""
