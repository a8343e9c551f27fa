"""Reading a lab's tables: a file → its cells → a plan that gives each column a role → values."""
