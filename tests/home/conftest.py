from tests.slack.conftest import play

__all__ = ["play"]
