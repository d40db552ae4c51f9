package dev.quorate.crds;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import org.jspecify.annotations.Nullable;

/** TLS between members. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record PeerTlsSpec(
    @JsonPropertyDescription(
            "With mode Provided: the Secret with tls.crt, tls.key and ca.crt that members show to"
                + " each other. Absent: the operator makes theirs.")
        @Nullable LocalReference secretRef) {}
