"""Networks as files for other tools: the exporters, found by the name of their format.

The room is not called `export`, since `grnet.export` is the public function, which a package of that name would hide.
"""
