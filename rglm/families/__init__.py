"""Links, variances, deviances and likelihoods, as frozen values."""
