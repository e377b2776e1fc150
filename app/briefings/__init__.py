"""告知签收: who was told what of the risks where they work, and who has signed for it."""
