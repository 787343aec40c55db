"""The history of the schema: one module a revision in `versions`, run by `storage.migrate`."""
