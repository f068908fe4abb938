"""What a municipality decides in the console, beside what stands in its files."""
