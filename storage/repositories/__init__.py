"""How the store is asked and told, one noun a module."""
