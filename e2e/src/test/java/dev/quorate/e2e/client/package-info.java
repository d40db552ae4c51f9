/**
 * An ordinary etcd client that retries, runs as a program of its own beside a cluster which is
 * being disturbed, and keeps a record of what it was promised, so that a broken promise has a name.
 * It also counts the requests that no repetition brought an answer to in time.
 */
@NullMarked
package dev.quorate.e2e.client;

import org.jspecify.annotations.NullMarked;
