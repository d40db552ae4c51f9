package dev.quorate.node.watch;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Ranges of keys and who watches them; finds those that contain a key in time that depends on how
 * many do. A treap by the ranges' beginnings, each node knowing the farthest end below it.
 */
final class RangeTree {
  private final SplittableRandom random = new SplittableRandom(1);
  private @Nullable Node root;

  private static final class Node {
    final byte[] from;
    final byte @Nullable [] end;
    final int priority;
    final Set<Watcher> watchers = new LinkedHashSet<>();
    byte @Nullable [] farthest;
    @Nullable Node left;
    @Nullable Node right;

    Node(byte[] from, byte @Nullable [] end, int priority) {
      this.from = from;
      this.end = end;
      this.priority = priority;
      this.farthest = end;
    }

    int compareTo(byte[] otherFrom, byte @Nullable [] otherEnd) {
      int order = Arrays.compareUnsigned(from, otherFrom);
      return order != 0 ? order : compareEnds(end, otherEnd);
    }

    void measure() {
      farthest = end;
      farthest = left == null ? farthest : later(farthest, left.farthest);
      farthest = right == null ? farthest : later(farthest, right.farthest);
    }
  }

  /** No end is behind every end. */
  private static int compareEnds(byte @Nullable [] one, byte @Nullable [] other) {
    if (one == null || other == null) {
      return Boolean.compare(one == null, other == null);
    }
    return Arrays.compareUnsigned(one, other);
  }

  private static byte @Nullable [] later(byte @Nullable [] one, byte @Nullable [] other) {
    return compareEnds(one, other) >= 0 ? one : other;
  }

  private static boolean isBefore(byte[] key, byte @Nullable [] end) {
    return end == null || Arrays.compareUnsigned(key, end) < 0;
  }

  boolean isEmpty() {
    return root == null;
  }

  void add(Watcher watcher) {
    root = add(root, watcher.span.from(), watcher.span.endBytes(), watcher);
  }

  private Node add(@Nullable Node node, byte[] from, byte @Nullable [] end, Watcher watcher) {
    if (node == null) {
      var leaf = new Node(from, end, random.nextInt());
      leaf.watchers.add(watcher);
      return leaf;
    }
    int order = node.compareTo(from, end);
    if (order == 0) {
      node.watchers.add(watcher);
      return node;
    }
    if (order > 0) {
      var child = add(node.left, from, end, watcher);
      node.left = child;
      return child.priority > node.priority ? rotateRight(node, child) : measured(node);
    }
    var child = add(node.right, from, end, watcher);
    node.right = child;
    return child.priority > node.priority ? rotateLeft(node, child) : measured(node);
  }

  void remove(Watcher watcher) {
    root = remove(root, watcher.span.from(), watcher.span.endBytes(), watcher);
  }

  private @Nullable Node remove(
      @Nullable Node node, byte[] from, byte @Nullable [] end, Watcher watcher) {
    if (node == null) {
      return null;
    }
    int order = node.compareTo(from, end);
    if (order > 0) {
      node.left = remove(node.left, from, end, watcher);
    } else if (order < 0) {
      node.right = remove(node.right, from, end, watcher);
    } else {
      node.watchers.remove(watcher);
      if (node.watchers.isEmpty()) {
        return merged(node.left, node.right);
      }
    }
    return measured(node);
  }

  private static @Nullable Node merged(@Nullable Node left, @Nullable Node right) {
    if (left == null) {
      return right;
    }
    if (right == null) {
      return left;
    }
    if (left.priority > right.priority) {
      left.right = merged(left.right, right);
      return measured(left);
    }
    right.left = merged(left, right.left);
    return measured(right);
  }

  private static Node rotateRight(Node node, Node left) {
    node.left = left.right;
    left.right = measured(node);
    return measured(left);
  }

  private static Node rotateLeft(Node node, Node right) {
    node.right = right.left;
    right.left = measured(node);
    return measured(right);
  }

  private static Node measured(Node node) {
    node.measure();
    return node;
  }

  /** Visits who watches a range that contains the key; the tree must not be changed meanwhile. */
  void forEach(byte[] key, Consumer<Watcher> visitor) {
    visit(root, key, visitor);
  }

  private static void visit(@Nullable Node node, byte[] key, Consumer<Watcher> visitor) {
    if (node == null || !isBefore(key, node.farthest)) {
      return;
    }
    visit(node.left, key, visitor);
    if (Arrays.compareUnsigned(node.from, key) <= 0) {
      if (isBefore(key, node.end)) {
        node.watchers.forEach(visitor);
      }
      visit(node.right, key, visitor);
    }
  }
}
