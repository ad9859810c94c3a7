"""The textbook: arrays in, arrays out; no clock, no files, no engine. Every function names its source."""
