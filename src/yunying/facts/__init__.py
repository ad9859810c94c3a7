"""What happened: append-only Delta tables with one writer, published as snapshots and read through Ibis on DuckDB."""
