"""What is stored about patients, who may see it, and the pages."""
