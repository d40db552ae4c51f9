package dev.quorate.crds;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.Objects;

/** Timings of the Raft protocol. */
@ValidationRule(
    value = "self.electionTimeoutMilliseconds >= 5 * self.heartbeatMilliseconds",
    message =
        "raft.electionTimeoutMilliseconds must be at least 5 times raft.heartbeatMilliseconds, for"
            + " example 1000 and 100",
    fieldPath = ".electionTimeoutMilliseconds")
public record RaftSpec(
    @JsonPropertyDescription("How often a leader tells its followers that it is there.")
        @Default("100")
        @Min(10)
        @Max(10000)
        Integer heartbeatMilliseconds,
    @JsonPropertyDescription("After how long without a leader a follower stands for election.")
        @Default("1000")
        @Min(50)
        @Max(50000)
        Integer electionTimeoutMilliseconds) {
  public static final RaftSpec DEFAULT = new RaftSpec(100, 1000);

  public RaftSpec {
    heartbeatMilliseconds = Objects.requireNonNullElse(heartbeatMilliseconds, 100);
    electionTimeoutMilliseconds = Objects.requireNonNullElse(electionTimeoutMilliseconds, 1000);
  }
}
