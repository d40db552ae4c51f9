package dev.quorate.e2e.kubernetes;

import static org.awaitility.Awaitility.await;

import dev.quorate.e2e.machine.Output;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;

/**
 * Holds whoever writes an Event with a certain reason, until this is closed: the API server asks
 * somebody about it who takes the question and does not answer. The operator writes an Event after
 * the step is in the status and before it takes it, so that the time between is as long as wanted.
 *
 * <p>Only on a Kubernetes of ours, because its API server must reach a process of the test.
 */
final class HeldEvent implements AutoCloseable {
  private static final String NAME = "held-event";
  private static final int PORT = 28443;

  /** It must not be longer than the operator waits for an answer to its request. */
  private static final int HOLDS_FOR_SECONDS = 9;

  private final KubernetesUnderTest kubernetes;
  private final Process silence;

  private HeldEvent(KubernetesUnderTest kubernetes, Process silence) {
    this.kubernetes = kubernetes;
    this.silence = silence;
  }

  static HeldEvent of(KubernetesUnderTest kubernetes, String namespace, String reason) {
    var held = new HeldEvent(kubernetes, listen(kubernetes));
    try {
      kubernetes.apply(configuration(namespace, reason));
      held.awaitEffect(namespace, reason);
      return held;
    } catch (RuntimeException | AssertionError e) {
      held.close();
      throw e;
    }
  }

  private static Process listen(KubernetesUnderTest kubernetes) {
    var command = new ArrayList<>(kubernetes.insideNetwork());
    command.add("socat");
    command.add("-u");
    command.add("TCP-LISTEN:%d,bind=127.0.0.1,reuseaddr,fork".formatted(PORT));
    command.add("OPEN:/dev/null");
    try {
      return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot listen", e);
    }
  }

  private static String configuration(String namespace, String reason) {
    return """
        apiVersion: admissionregistration.k8s.io/v1
        kind: ValidatingWebhookConfiguration
        metadata: {name: %s}
        webhooks:
          - name: held-event.quorate.dev
            clientConfig: {url: "https://127.0.0.1:%d/"}
            rules: [{apiGroups: [events.k8s.io], apiVersions: [v1], operations: [CREATE], resources: [events]}]
            namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: %s}}
            matchConditions: [{name: reason, expression: "object.reason == '%s'"}]
            failurePolicy: Ignore
            sideEffects: None
            admissionReviewVersions: [v1]
            timeoutSeconds: %d
        """
        .formatted(NAME, PORT, namespace, reason, HOLDS_FOR_SECONDS);
  }

  private void awaitEffect(String namespace, String reason) {
    String event =
        """
        apiVersion: events.k8s.io/v1
        kind: Event
        metadata: {name: probe, namespace: %1$s}
        eventTime: "2026-01-01T00:00:00.000000Z"
        type: Normal
        reason: %2$s
        action: Probe
        reportingController: quorate.dev/e2e
        reportingInstance: e2e
        regarding: {apiVersion: v1, kind: Namespace, name: %1$s, namespace: %1$s}
        """
            .formatted(namespace, reason);
    await("an Event to be held").atMost(Duration.ofMinutes(1)).until(() -> isHeld(event));
  }

  private boolean isHeld(String event) {
    Output answer =
        kubernetes.tryKubectl(
            event, "create", "--dry-run=server", "--request-timeout=1s", "--filename=-");
    if (!answer.succeeded() && !answer.err().contains("imeout")) {
      throw new AssertionError("the probe was refused: " + answer.err());
    }
    return !answer.succeeded();
  }

  /** Lets all go on that was held. */
  @Override
  public void close() {
    silence.descendants().forEach(ProcessHandle::destroyForcibly);
    silence.destroyForcibly();
    kubernetes.kubectl("delete", "validatingwebhookconfiguration", NAME, "--ignore-not-found");
  }
}
