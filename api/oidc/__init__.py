"""Bearer tokens of an OpenID provider: who may call is kept there."""
