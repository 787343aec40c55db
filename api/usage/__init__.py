"""Usage that is sent to costbot over HTTP."""
