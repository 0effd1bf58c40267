"""The relying party of the city's real-name platform: an interface and its OpenID Connect implementation."""
