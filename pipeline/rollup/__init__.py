"""Between commune and province: what a commune exports, and many communes' archives together."""
