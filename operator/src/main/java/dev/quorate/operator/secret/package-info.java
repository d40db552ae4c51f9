/**
 * The Secrets of a cluster: read, checked, and written as {@code operator.certificate} decides. The
 * only place where keys are made.
 */
@NullMarked
package dev.quorate.operator.secret;

import org.jspecify.annotations.NullMarked;
