package dev.quorate.crds;

import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/** The name of another object in the same namespace. */
public record LocalReference(@Required @Size(min = 1, max = 253) String name) {}
