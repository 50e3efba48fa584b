"""Where gunicorn enters."""

import logging

from chassis.process import logs
from gateway.app import create_app
from gateway.buckets import SHARED
from gateway.settings import GatewaySettings

_settings = GatewaySettings.from_environment()
logs.configure("gateway", _settings.node.node, _settings.node.log_level)
logging.captureWarnings(True)
app = create_app(_settings, SHARED)
