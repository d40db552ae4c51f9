/** Tests of certificates: tables, and every reachable state of a small world. */
@NullMarked
package dev.quorate.operator.certificate;

import org.jspecify.annotations.NullMarked;
