"""What is paid for and not used."""
