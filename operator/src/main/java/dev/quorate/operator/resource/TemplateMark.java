package dev.quorate.operator.resource;

import dev.quorate.crds.RaftCluster;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The annotation that tells pods made from one spec from those made from another. It is the same
 * for all members of a cluster.
 */
public final class TemplateMark {
  static final String ANNOTATION = "quorate.dev/template";

  private static final int BYTES = 8;

  private TemplateMark() {}

  /** The mark of pods that are made from the spec as it is. */
  public static String wanted(RaftCluster cluster, NodeImages images) {
    return of(PodTemplateFactory.unmarked(cluster, "", images));
  }

  /** The mark that an object carries, or null if it carries none. */
  public static @Nullable String on(ObjectMeta meta) {
    Map<String, String> annotations = meta.getAnnotations();
    return annotations == null ? null : annotations.get(ANNOTATION);
  }

  private static String of(PodTemplateSpec template) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      var text = Serialization.asJson(template).getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(Arrays.copyOf(digest.digest(text), BYTES));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }
}
