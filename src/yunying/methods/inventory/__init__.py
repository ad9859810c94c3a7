"""The textbook of stock: newsvendor, projected inventory level, packs and minimum orders."""
