/** The etcd v3 services: each validates, hands on, and translates the answer into etcd's words. */
@NullMarked
package dev.quorate.node.rpc;

import org.jspecify.annotations.NullMarked;
