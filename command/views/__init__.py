"""Pages of command: parse, call an action or a selector, render."""
