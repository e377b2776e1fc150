"""How a risk is governed: who controls it on each tier, its special control plan, and who confirmed what."""
