package dev.quorate.crds;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/** One environment variable of the node. */
public record EnvironmentVariable(
    @JsonPropertyDescription("Name of the variable.")
        @Required
        @Pattern("^[A-Za-z_][A-Za-z0-9_]*$")
        @Size(max = 128)
        String name,
    @JsonPropertyDescription("Its value.") @Required @Size(max = 4096) String value) {}
