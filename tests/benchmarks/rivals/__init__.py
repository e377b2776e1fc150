"""What the product is measured beside: a bare WSGI handler and Django REST framework, over the product's own tables."""
