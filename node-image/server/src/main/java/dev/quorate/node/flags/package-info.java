/**
 * The flags of the node: {@link dev.quorate.node.flags.FlagTable} knows them all, and arguments,
 * environment and configuration file are read against it into {@link
 * dev.quorate.node.flags.FlagValues}. What the values mean to a node is {@code NodeConfig}'s.
 *
 * <p>Names, defaults and the way of reading are etcd's (3.7, and the {@code experimental-} names of
 * 3.5), so that whatever started an etcd can start a node.
 */
@NullMarked
package dev.quorate.node.flags;

import org.jspecify.annotations.NullMarked;
