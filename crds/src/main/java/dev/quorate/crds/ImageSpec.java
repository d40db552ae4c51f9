package dev.quorate.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** An image of the node, by tag or by digest. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value = "has(self.tag) != has(self.digest)",
    message = "give exactly one of image.tag and image.digest")
public record ImageSpec(
    @JsonPropertyDescription("Repository of the image, without tag, for example ghcr.io/me/node.")
        @Required
        @Size(min = 1, max = 255)
        String repository,
    @JsonPropertyDescription("Tag of the image.") @Size(min = 1, max = 128) @Nullable String tag,
    @JsonPropertyDescription("Digest of the image: sha256: and 64 hexadecimal digits.")
        @Pattern("^sha256:[0-9a-f]{64}$")
        @Nullable String digest,
    @JsonPropertyDescription("When the image is pulled: Always, IfNotPresent or Never.")
        @Nullable PullPolicy pullPolicy,
    @JsonPropertyDescription("Secrets with credentials for the image's registry.")
        List<LocalReference> pullSecrets) {
  public ImageSpec {
    pullSecrets = List.copyOf(Objects.requireNonNullElse(pullSecrets, List.of()));
  }

  /** The reference as a container runtime takes it. */
  public String reference() {
    return digest != null ? repository + "@" + digest : repository + ":" + tag;
  }
}
