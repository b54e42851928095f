"""The gateways, one package or module each (notify/gateways/contract.py says what one is)."""
