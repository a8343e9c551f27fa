"""One function for each command of grnet, with typed and documented signatures."""
