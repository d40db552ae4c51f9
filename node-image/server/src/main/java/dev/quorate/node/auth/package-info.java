/**
 * What members know about log-ins besides the replicated users and roles: how passwords are hashed
 * and which tokens are good. Nothing here is part of the state machine.
 */
@NullMarked
package dev.quorate.node.auth;

import org.jspecify.annotations.NullMarked;
