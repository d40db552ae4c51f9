package dev.quorate.raft.script;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Keeps the list of Raft's rules true: what it names exists, and every script is named. */
class RulesTest {
  private static final Path RULES = Path.of("src/test/resources/scripts/RULES.md");
  private static final Pattern NAME = Pattern.compile("`([^`]+)`");
  private static final List<String> PACKAGES =
      List.of(
          "dev.quorate.raft",
          "dev.quorate.raft.log",
          "dev.quorate.raft.quorum",
          "dev.quorate.raft.timing");

  /** A row of the table. */
  private record Rule(String section, String text, List<String> shownBy) {}

  @Test
  void everyRuleIsShownByWhatExists() throws IOException {
    var scripts = scripts();
    for (Rule rule : rules()) {
      assertThat(rule.shownBy()).as(rule.text()).isNotEmpty();
      for (String name : rule.shownBy()) {
        assertThat(name.contains(".") ? isTest(name) : scripts.contains(name))
            .as("%s, %s: %s", rule.section(), rule.text(), name)
            .isTrue();
      }
    }
  }

  @Test
  void everyScriptShowsARule() throws IOException {
    var named = new TreeSet<String>();
    rules().forEach(rule -> named.addAll(rule.shownBy()));
    assertThat(named).containsAll(scripts());
  }

  @Test
  void everySectionThatTheCoreIsBuiltFromIsThere() throws IOException {
    assertThat(rules())
        .extracting(Rule::section)
        .contains(
            "3.3", "3.4", "3.5", "3.6.1", "3.6.2", "3.6.3", "3.8", "3.10", "4.1", "4.2.1", "4.2.2",
            "4.2.3", "5.1", "6.2", "6.4", "6.4.1", "9.6");
  }

  private static List<Rule> rules() throws IOException {
    return Files.readAllLines(RULES).stream()
        .filter(line -> line.startsWith("| ") && !line.startsWith("| section"))
        .map(RulesTest::rule)
        .toList();
  }

  private static Rule rule(String line) {
    String[] cells = line.split("\\|");
    assertThat(cells).as(line).hasSize(4);
    var names = NAME.matcher(cells[3]).results().map(name -> name.group(1)).toList();
    return new Rule(cells[1].strip(), cells[2].strip(), names);
  }

  private static Set<String> scripts() throws IOException {
    var names = new TreeSet<String>();
    for (Path script : ScriptTest.scripts()) {
      names.add(script.getFileName().toString().replace(".txt", ""));
    }
    return names;
  }

  private static boolean isTest(String name) {
    int dot = name.indexOf('.');
    String type = name.substring(0, dot);
    String method = name.substring(dot + 1);
    return PACKAGES.stream().anyMatch(where -> hasMethod(where + "." + type, method));
  }

  private static boolean hasMethod(String className, String method) {
    try {
      return Arrays.stream(Class.forName(className).getDeclaredMethods())
          .anyMatch(candidate -> candidate.getName().equals(method));
    } catch (ClassNotFoundException e) {
      return false;
    }
  }
}
