package dev.quorate.e2e.tidy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Keeps files, methods and names in the shape that CONTRIBUTING.md describes, in the whole tree.
 */
class TidyTest {
  private static final int MOST_LINES_OF_A_FILE = 400;
  private static final int MOST_LINES_OF_A_METHOD = 60;

  /** Names that say nothing about what a class is for, so that everything ends up in it. */
  private static final Pattern EMPTY_NAME =
      Pattern.compile(".+(Utils?|Helper|Manager|Impl)|(Abstract|Base|Common)(\\p{Upper}.*)?");

  private static List<SourceFile> files = List.of();

  @BeforeAll
  static void readTheTree() throws IOException {
    files = SourceFile.readAll(root());
    assertThat(files).as("Java files found").hasSizeGreaterThan(20);
  }

  @Test
  void filesAreShort() {
    var offences = new ArrayList<String>();
    for (SourceFile file : files) {
      int lines = file.lines().size();
      if (lines > MOST_LINES_OF_A_FILE) {
        offences.add(
            "%s: the file has %d lines, at most %d are allowed: move one of its jobs to a class of its own"
                .formatted(file.at(MOST_LINES_OF_A_FILE + 1), lines, MOST_LINES_OF_A_FILE));
      }
    }
    assertNone(offences);
  }

  @Test
  void methodsAreShort() {
    var offences = new ArrayList<String>();
    for (SourceFile file : files) {
      for (SourceFile.Declared method : file.methods()) {
        if (method.lines() > MOST_LINES_OF_A_METHOD) {
          offences.add(
              "%s: method %s has %d lines, at most %d are allowed: give its steps names and make them methods"
                  .formatted(
                      file.at(method.firstLine()),
                      method.name(),
                      method.lines(),
                      MOST_LINES_OF_A_METHOD));
        }
      }
    }
    assertNone(offences);
  }

  @Test
  void typesHaveTellingNames() {
    var offences = new ArrayList<String>();
    for (SourceFile file : files) {
      for (SourceFile.Declared type : file.types()) {
        if (EMPTY_NAME.matcher(type.name()).matches()) {
          offences.add(
              "%s: the name %s does not say what the class is for: name it after its one job"
                  .formatted(file.at(type.firstLine()), type.name()));
        }
      }
    }
    assertNone(offences);
  }

  @Test
  void bannedWordsAreAbsent() {
    var offences = new ArrayList<String>();
    for (SourceFile file : files) {
      if (file.path().endsWith("tidy/BannedWord.java")) {
        continue;
      }
      for (int i = 0; i < file.lines().size(); i++) {
        for (BannedWord word : BannedWord.ALL) {
          var found = word.pattern().matcher(file.lines().get(i));
          if (found.find()) {
            offences.add(
                "%s: `%s` is banned: %s".formatted(file.at(i + 1), found.group(), word.instead()));
          }
        }
      }
    }
    assertNone(offences);
  }

  @Test
  void everyPackageIsNullMarked() {
    var undescribed = new TreeMap<String, String>();
    var described = new TreeSet<String>();
    for (SourceFile file : files) {
      String packageOfModule = packageOfModule(file.path());
      if (file.path().endsWith("package-info.java")) {
        if (file.lines().contains("@NullMarked")) {
          described.add(packageOfModule);
        }
      } else {
        undescribed.putIfAbsent(packageOfModule, file.at(1));
      }
    }
    undescribed.keySet().removeAll(described);
    var offences = new ArrayList<String>();
    for (Map.Entry<String, String> entry : undescribed.entrySet()) {
      offences.add(
          "%s: no package-info.java with @NullMarked beside this file: add one with a sentence on what the package is for"
              .formatted(entry.getValue()));
    }
    assertNone(offences);
  }

  /** Main and test sources of one module share their packages, so one package-info serves both. */
  private static String packageOfModule(Path file) {
    return String.valueOf(file.getParent()).replaceFirst("src/(main|test)/java", "src");
  }

  private static void assertNone(List<String> offences) {
    assertThat(offences.isEmpty())
        .withFailMessage(() -> offences.size() + " untidy places:\n" + String.join("\n", offences))
        .isTrue();
  }

  private static Path root() {
    for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
      if (Files.exists(folder.resolve("mvnw"))) {
        return folder;
      }
    }
    throw new IllegalStateException(
        "no folder with mvnw above "
            + Path.of("").toAbsolutePath()
            + ": run the test in a checkout");
  }
}
