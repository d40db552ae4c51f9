/** Tests of what ends up in Secrets, with real keys. */
@NullMarked
package dev.quorate.operator.secret;

import org.jspecify.annotations.NullMarked;
