"""The input gate's training: pictures that are no frontal chest, a small in/out head, its threshold and its figures."""
