"""The REST surface: the calls of `/api/v1/costs`, health, and the check for gateways."""
