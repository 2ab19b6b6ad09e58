TEXTS = ["x"]
