/** Changes that were not committed yet, laid over the tables they will change. */
@NullMarked
package dev.quorate.node.storage.overlay;

import org.jspecify.annotations.NullMarked;
