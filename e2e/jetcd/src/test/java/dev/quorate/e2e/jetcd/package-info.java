/** Every main call of jetcd, etcd's Java client, against node processes: it must not notice. */
@NullMarked
package dev.quorate.e2e.jetcd;

import org.jspecify.annotations.NullMarked;
