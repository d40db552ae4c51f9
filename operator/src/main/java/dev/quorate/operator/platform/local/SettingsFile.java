package dev.quorate.operator.platform.local;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.quorate.operator.platform.PlatformException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The file in a member's directory that keeps what its process is to be started with. */
record SettingsFile(Path path) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * What it keeps.
   *
   * @param before what the member may be put back to
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Kept(MemberSettings present, @Nullable MemberSettings before) {
    Stream<MemberSettings> all() {
      return before == null ? Stream.of(present) : Stream.of(present, before);
    }
  }

  /** Null if nothing is ordered yet; what somebody made unreadable is forgotten. */
  @Nullable Kept read() {
    try {
      return JSON.readValue(Files.readString(path), Kept.class);
    } catch (NoSuchFileException | JsonProcessingException _) {
      return null;
    } catch (IOException e) {
      throw new PlatformException("cannot read %s: %s".formatted(path, e), e);
    }
  }

  void write(Kept kept) {
    try {
      var next = path.resolveSibling(path.getFileName() + ".next");
      Files.writeString(next, JSON.writeValueAsString(kept));
      Files.move(next, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new PlatformException("cannot write %s: %s".formatted(path, e), e);
    }
  }
}
