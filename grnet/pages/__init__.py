"""What every page has: plotly.js, JSON that scripts read, and a content security policy."""
