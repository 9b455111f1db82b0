"""The five-level tree of places, and which places a person may see."""
