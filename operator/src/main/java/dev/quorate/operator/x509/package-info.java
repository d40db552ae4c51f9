/** Certificates and keys as PEM: making and reading them. What to make is decided elsewhere. */
@NullMarked
package dev.quorate.operator.x509;

import org.jspecify.annotations.NullMarked;
