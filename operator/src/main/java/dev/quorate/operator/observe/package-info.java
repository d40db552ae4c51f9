/** What is the case: facts of the platform and answers of the members, as one immutable record. */
@NullMarked
package dev.quorate.operator.observe;

import org.jspecify.annotations.NullMarked;
