"""The upload transport against a server that misbehaves on purpose, side by side with httpx's own."""
