/**
 * The port between the operator and the world that runs members: Kubernetes, or processes of one
 * machine. Plain facts come in, single steps go out; all policy is elsewhere.
 */
@NullMarked
package dev.quorate.operator.platform;

import org.jspecify.annotations.NullMarked;
