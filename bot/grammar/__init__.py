"""The grammar of the commands: declared once, and parser, suggestions and help follow from it."""
