"""Pictures: charts in one house style."""
