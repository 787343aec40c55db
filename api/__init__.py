"""The REST surface: health today; the routes of `/api/v1/costs` come here."""
