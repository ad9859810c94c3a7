"""Files that a shop owner has: CSV, XLSX and Parquet exports of orders, products, stock, purchases, ads, suppliers."""
