"""Dataset → the arrays that a model takes: co-expression context, image tensors."""
