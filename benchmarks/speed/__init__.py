"""How fast, beside what somebody would pick instead; each part has a `measure`."""
