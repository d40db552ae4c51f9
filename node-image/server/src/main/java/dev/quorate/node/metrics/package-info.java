/** What a node counts, under etcd's names, so that dashboards and alerts made for etcd work. */
@NullMarked
package dev.quorate.node.metrics;

import org.jspecify.annotations.NullMarked;
