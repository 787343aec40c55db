"""Usage that is sent event by event: read, judged, kept in a journal until the mart has it."""
