"""What must be looked at again: reviews (举一反三), recorded changes (变更), and the list of what is due."""
