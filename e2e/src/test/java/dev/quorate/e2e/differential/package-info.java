/** The same random requests to a real etcd and to Quorate: whatever differs is a bug of ours. */
@NullMarked
package dev.quorate.e2e.differential;

import org.jspecify.annotations.NullMarked;
