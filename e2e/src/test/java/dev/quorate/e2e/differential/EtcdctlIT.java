package dev.quorate.e2e.differential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.quorate.e2e.machine.Checkout;
import dev.quorate.e2e.machine.Output;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Plays a session of etcd's own client on a real etcd and on Quorate: {@code etcdctl-session.txt}
 * has every subcommand that talks to a server. What it prints and how it ends has to be the same.
 */
final class EtcdctlIT {
  /** A lease as it is printed; the session names it by its place, as {@code $lease1}. */
  private static final Pattern GRANTED = Pattern.compile("lease ([0-9a-f]+) granted");

  private static final Pattern WORD = Pattern.compile("\"([^\"]*)\"|(\\S+)");

  @TempDir private Path directory;
  private @Nullable ServerPair servers;
  private String program = "";

  private final Map<String, String> etcdNames = new HashMap<>();
  private final Map<String, String> quorateNames = new HashMap<>();

  @BeforeEach
  void start() throws IOException {
    servers = ServerPair.start(directory);
    program = Output.of(Duration.ofMinutes(5), "", List.of(Checkout.path("e2e/etcdctl"))).orFail();
  }

  @AfterEach
  void stop() {
    if (servers != null) {
      servers.close();
    }
  }

  private Etcdctl etcd() {
    return new Etcdctl(program, Objects.requireNonNull(servers).etcdEndpoint());
  }

  private Etcdctl quorate() {
    return new Etcdctl(program, Objects.requireNonNull(servers).quorateEndpoint());
  }

  @Test
  void everySubcommandPrintsWhatItPrintsOfEtcd() throws IOException {
    etcdNames.put("$dir", Files.createDirectory(directory.resolve("files-etcd")).toString());
    quorateNames.put("$dir", Files.createDirectory(directory.resolve("files-quorate")).toString());
    var lines =
        Files.readAllLines(Path.of("src", "test", "resources", "etcdctl-session.txt")).stream()
            .filter(line -> !line.isBlank() && !line.startsWith("#"))
            .toList();
    for (var line : lines) {
      int space = line.indexOf(' ');
      String kind = line.substring(0, space);
      String[] parts = line.substring(space + 1).split(" << ", 2);
      String input = parts.length == 1 ? "" : parts[1].replace("\\n", "\n");
      String theirs = play(etcd(), etcdNames, kind, parts[0], input);
      String ours = play(quorate(), quorateNames, kind, parts[0], input);
      assertThat(ours).as("etcdctl %s", line).isEqualTo(theirs);
    }
  }

  private static String play(
      Etcdctl client, Map<String, String> names, String kind, String line, String input) {
    var words = words(line, names);
    if (kind.startsWith("first")) {
      return masked(client.firstLines(Integer.parseInt(kind.substring("first".length())), words));
    }
    var output = client.run(input, words);
    var granted = GRANTED.matcher(output.out());
    if (granted.find()) {
      names.put("$lease" + names.size(), granted.group(1));
    }
    return switch (kind) {
      case "same" -> output.exitCode() + "\n" + masked(output.out() + lastLine(output.err()));
      case "works" -> {
        output.orFail();
        yield "";
      }
      default -> throw new IllegalArgumentException("no kind of line: " + kind);
    };
  }

  private static List<String> words(String line, Map<String, String> names) {
    var words = new ArrayList<String>();
    var matcher = WORD.matcher(line);
    while (matcher.find()) {
      String word = matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
      for (var name : names.entrySet()) {
        word = word.replace(name.getKey(), name.getValue());
      }
      words.add(word);
    }
    return words;
  }

  /** The error itself; before it the client may log its retries. */
  private static String lastLine(String text) {
    String line = text.strip().lines().reduce((_, last) -> last).orElse("");
    int error = line.indexOf("\"error\":");
    return error < 0 ? line : line.substring(error);
  }

  /** Ids, addresses and times are different on any two servers. */
  private static String masked(String text) {
    return text.replaceAll("127\\.0\\.0\\.1:\\d+", "ADDRESS")
        .replaceAll("\\b[0-9a-f]{14,16}\\b", "ID")
        .replaceAll("\\b\\d{14,20}\\b", "ID")
        .replaceAll("(took = )[^,\\n]*", "$1TIME")
        .replaceAll("remaining\\(\\d+s\\)", "remaining(SECONDS)")
        .replaceAll("(\"?(?:raft_term|RaftTerm)\"? ?: ?)\\d+", "$1TERM")
        .replaceAll("/\\S*/files-(?:etcd|quorate)", "DIRECTORY");
  }

  @Test
  void mirrorsKeys() throws InterruptedException {
    var client = quorate();
    var mirror =
        client.start(
            List.of("make-mirror", "--prefix=m/", "--dest-prefix=copy/", client.endpoint()));
    try {
      client.run("", List.of("put", "m/a", "1")).orFail();
      await()
          .atMost(Duration.ofSeconds(30))
          .until(
              () -> client.run("", List.of("get", "copy/", "--prefix")).orFail().endsWith("\n1"));
    } finally {
      mirror.destroyForcibly().waitFor();
    }
  }

  @Test
  void passesTheCheckOfItsPerformance() {
    var output = quorate().run(Duration.ofMinutes(3), "", List.of("check", "perf", "--load=s"));
    assertThat(output.out() + output.err()).contains("PASS: Throughput");
  }
}
