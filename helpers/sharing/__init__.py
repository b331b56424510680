"""Passing a model on: licences, model card, export, bundle, app."""
