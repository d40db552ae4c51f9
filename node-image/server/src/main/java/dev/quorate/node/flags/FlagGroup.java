package dev.quorate.node.flags;

import java.util.List;

/** Flags that people look for together. */
record FlagGroup(String title, List<Flag> flags) {
  FlagGroup(String title, Flag... flags) {
    this(title, List.of(flags));
  }
}
