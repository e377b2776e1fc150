"""The three endpoints in Django REST framework, as its own documentation would have them, over the product's tables."""
