/**
 * The Kubernetes objects of a cluster as they should be: pure functions from a RaftCluster, without
 * a client, compared with golden YAML by the tests.
 */
@NullMarked
package dev.quorate.operator.resource;

import org.jspecify.annotations.NullMarked;
