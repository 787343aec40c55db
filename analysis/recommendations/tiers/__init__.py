"""What providers offer beside their lists, held against one's own load."""
