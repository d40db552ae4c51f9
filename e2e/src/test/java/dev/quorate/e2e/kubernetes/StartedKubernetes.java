package dev.quorate.e2e.kubernetes;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Starts a Kubernetes with our images and operator for the tests of a class, and stops it. */
final class StartedKubernetes implements BeforeAllCallback, AfterAllCallback {
  private final Installation operator;
  private @Nullable KubernetesUnderTest started;

  /** How the operator gets there. */
  interface Installation {
    void onto(KubernetesUnderTest kubernetes);
  }

  StartedKubernetes(Installation operator) {
    this.operator = operator;
  }

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    KubernetesUnderTest kubernetes = KubernetesUnderTest.start();
    started = kubernetes;
    try {
      kubernetes.loadImages(Images.build());
      operator.onto(kubernetes);
    } catch (Exception | AssertionError e) {
      FailureReport.write("start");
      throw e;
    }
  }

  @Override
  public void afterAll(ExtensionContext context) throws Exception {
    KubernetesUnderTest kubernetes = started;
    started = null;
    if (kubernetes != null) {
      kubernetes.close();
    }
  }

  KubernetesUnderTest kubernetes() {
    return Objects.requireNonNull(started, "Kubernetes was not started");
  }
}
