"""A stand-in for the cloud on 127.0.0.1: gateway and bucket, with scripted faults. Shares no code with `protocol`."""
