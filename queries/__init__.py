"""How costs are asked for: dimensions, the engines, the sources and the mart."""
