"""Files and objects of cells or spots (AnnData and its like) → sparse matrices whose rows and columns have names."""
