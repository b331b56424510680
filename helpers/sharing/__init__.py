"""Sharing a model: licences, model card, export, bundle, app."""
