"""How is the whole database copied, put back, and proved to be the same?"""
