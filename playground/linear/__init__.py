"""A stand-in for Linear: the part of its GraphQL API that files issues, over HTTP on loopback.

After Linear's developer pages (authentication, rate limiting) and the published schema of its SDK.
"""
