package dev.quorate.e2e.kubernetes;

import dev.quorate.e2e.machine.Checkout;
import dev.quorate.e2e.machine.Output;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Writes down, when a test fails and before the cluster is stopped, what its parts had to say. */
final class FailureReport implements AfterTestExecutionCallback {
  private static final List<List<String>> QUESTIONS =
      List.of(
          List.of("get", "raftclusters", "--all-namespaces", "-o", "yaml"),
          List.of("get", "pods,statefulsets,services,pvc,pdb", "--all-namespaces", "-o", "wide"),
          List.of("get", "events", "--all-namespaces", "--sort-by=.lastTimestamp"),
          List.of("describe", "pods", "--all-namespaces"));

  @Override
  public void afterTestExecution(ExtensionContext context) throws IOException {
    if (context.getExecutionException().isPresent()) {
      write(context.getRequiredTestMethod().getName());
    }
  }

  static void write(String occasion) throws IOException {
    KubernetesUnderTest kubernetes = KubernetesUnderTest.running();
    if (kubernetes == null) {
      return;
    }
    Path folder =
        Files.createDirectories(Checkout.ROOT.resolve("e2e/target/kubernetes-failure/" + occasion));
    var report = new StringBuilder();
    for (List<String> question : QUESTIONS) {
      report.append(answer(kubernetes, question));
    }
    Files.writeString(folder.resolve("cluster.txt"), report);
    String pods = "jsonpath={range .items[*]}{.metadata.namespace} {.metadata.name}{\"\\n\"}{end}";
    Output list = kubernetes.tryKubectl("", "get", "pods", "--all-namespaces", "-o", pods);
    for (String line : list.out().lines().toList()) {
      String[] pod = line.split(" ", 2);
      var logs = List.of("logs", "-n", pod[0], pod[1], "--all-containers", "--timestamps");
      var before = List.of("logs", "-n", pod[0], pod[1], "--previous", "--timestamps");
      Files.writeString(
          folder.resolve(pod[0] + "-" + pod[1] + ".log"),
          answer(kubernetes, before) + answer(kubernetes, logs));
    }
    System.out.println("what the cluster had to say about the failure is in " + folder);
  }

  private static String answer(KubernetesUnderTest kubernetes, List<String> question) {
    Output output = kubernetes.tryKubectl("", question.toArray(String[]::new));
    return "== kubectl %s%n%s%s%n"
        .formatted(String.join(" ", question), output.out(), output.err());
  }
}
