"""The importers: files of GPU requests and of LLM usage, brought to the mart's `requests`."""
