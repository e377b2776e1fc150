"""When something is to be inspected, by whom and until when: rounds, plans, and the tasks that come of them."""
