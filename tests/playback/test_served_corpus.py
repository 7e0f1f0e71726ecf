"""Every recorded response is served as it was recorded, byte by byte, to a client on a socket."""

import http.client
import math
from urllib.parse import urlsplit

import pytest

import viewer
from tests.support.servers import serving
