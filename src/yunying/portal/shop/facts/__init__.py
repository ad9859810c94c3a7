"""What happens in the shop, written to the inbox as rows of the fact tables, in the transaction of the thing itself.

The shop's slug is the store's id. Facts know variants by their SKU and people by random keys.
"""
