"""How is the project set up under pytest? As in the mode `test`, whatever the environment says."""

import os

os.environ["CRSWEB_MODE"] = "test"
from crsweb.settings import *  # the mode must be set before
