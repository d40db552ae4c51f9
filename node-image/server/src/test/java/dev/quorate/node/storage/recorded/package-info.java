/**
 * A disk whose every change is written down, so that a test can see what a crash between any two of
 * them leaves. It is a file system of {@code java.nio.file}: the code under test gets a path of it
 * and is otherwise the real one.
 */
@NullMarked
package dev.quorate.node.storage.recorded;

import org.jspecify.annotations.NullMarked;
