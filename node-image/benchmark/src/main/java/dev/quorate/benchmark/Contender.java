package dev.quorate.benchmark;

import java.nio.file.Path;

/** A program that takes etcd's flags and speaks etcd's API. */
record Contender(String name, Path program) {}
