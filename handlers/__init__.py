"""What costbot can do, one module a noun: a typed request and a caller in, a typed result out."""
