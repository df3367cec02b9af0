"""The sketch benchmark: metrics, evaluation drawings, the external line-art set, contact sheets."""
