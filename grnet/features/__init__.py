"""Measurements → the arrays that models take: profiles of genes and features of pairs."""
