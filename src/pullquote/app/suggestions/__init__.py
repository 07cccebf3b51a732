"""Questions to click, made from the articles by rules and tried before they are shown."""
