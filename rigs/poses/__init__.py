"""Poses as things with names: the library of key poses, words for poses, pictures of them."""
