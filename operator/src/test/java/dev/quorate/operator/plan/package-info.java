/** Tests of the policy: tables, and every reachable state of small worlds. */
@NullMarked
package dev.quorate.operator.plan;

import org.jspecify.annotations.NullMarked;
