"""Where figures come from: one module per kind of fact, each with its rows and the measures over them."""
