package dev.quorate.e2e.tidy;

import java.util.List;
import java.util.regex.Pattern;

/** Words that must not stand in a source file, and what to write instead. */
record BannedWord(Pattern pattern, String instead) {

  /** The one list; this file is the only one that is not searched for them. */
  static final List<BannedWord> ALL =
      List.of(
          ban(
              "System\\.currentTimeMillis",
              "take an InstantSource, or measure durations with System.nanoTime"),
          ban("Instant\\.now\\(\\)", "take an InstantSource and call instant()"),
          ban(
              "Thread\\.sleep|TimeUnit\\.\\w+\\.sleep",
              "wait for what you need: a future, a condition, a scheduler; in tests Awaitility"),
          ban(
              "\\b(TODO|FIXME|XXX)\\b",
              "do it now, open an issue, or write down what is missing and why"),
          ban("@Disabled\\b", "repair the test or remove it; a random failure is a bug"),
          ban(
              "\\.printStackTrace\\(",
              "log the exception with what was being done, or let it go to the caller"),
          ban(
              "\\bnew Random\\(|Math\\.random\\(",
              "take a RandomGenerator that is made from a seed"),
          ban("^import (static )?[\\w.]+\\.\\*;", "import each name by itself"),
          ban("\\borg\\.mockito\\b", "write the fake by hand"),
          ban("@param (\\w+) (the|a|an) \\1\\b", "say what the name does not say, or nothing"));

  private static BannedWord ban(String regularExpression, String instead) {
    return new BannedWord(Pattern.compile(regularExpression), instead);
  }
}
