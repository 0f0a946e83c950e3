"""What stands around a measurement: the database and the people of the tests."""

pytest_plugins = ("tests.conftest",)
