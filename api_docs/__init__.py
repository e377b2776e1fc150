"""The API's document, made from what the routes declare; its reference page; and the guide for client authors."""
