"""The regulator's side: the rates, the risk levels of a region, and findings of the government and the public."""
