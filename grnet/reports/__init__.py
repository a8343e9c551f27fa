"""Pages and pictures of figures: report cards, evaluations, comparisons, evidence."""
