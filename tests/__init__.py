"""The tests; a package, because a library that they use installs a package of this name too."""
