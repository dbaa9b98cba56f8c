"""Prints the protocol of the PySpark in PYTHONPATH: the names of the fields of each message, as JSON."""

import json

from pyspark.sql.connect.proto import (
    base_pb2,
    catalog_pb2,
    commands_pb2,
    common_pb2,
    expressions_pb2,
    relations_pb2,
    types_pb2,
)

messages = {}


def add(message):
    messages[message.full_name] = [field.name for field in message.fields]
    for nested in message.nested_types:
        add(nested)


for module in (base_pb2, catalog_pb2, commands_pb2, common_pb2, expressions_pb2, relations_pb2, types_pb2):
    for message in module.DESCRIPTOR.message_types_by_name.values():
        add(message)
print(json.dumps(messages))
