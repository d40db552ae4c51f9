/**
 * A load generator that speaks etcd's API, and a comparison that drives etcd and Quorate with it on
 * the same machine in turn. {@code compare} in this module's folder starts it; docs/performance.md
 * says how to read its tables.
 */
@NullMarked
package dev.quorate.benchmark;

import org.jspecify.annotations.NullMarked;
