"""
moto's S3 on a port of this machine, one request at a time: it looks whether an object is there and writes it in two
steps, so that two writers at once could both get the same key.
"""

import sys
import threading

from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import run_simple

moto = DomainDispatcherApplication(create_backend_app)
turn = threading.Lock()


def in_turn(environ, start_response):
    with turn:
        return list(moto(environ, start_response))


run_simple("127.0.0.1", int(sys.argv[1]), in_turn, threaded=True)
