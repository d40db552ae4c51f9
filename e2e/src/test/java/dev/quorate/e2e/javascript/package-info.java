/** etcd's client for Node.js on node processes. */
@NullMarked
package dev.quorate.e2e.javascript;

import org.jspecify.annotations.NullMarked;
