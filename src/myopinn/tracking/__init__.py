"""Runs in MLflow: the diary of a study, which nothing reads back."""
