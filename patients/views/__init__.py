"""What does each page show, and to which act does each form lead? A view fetches, asks a form, calls one action."""
