"""The platforms: envelope, protocol, client, error tables and quotas, one package each."""
