package dev.quorate.operator.console;

import dev.quorate.crds.MemberStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Why a member is not healthy, for people. */
final class MemberNote {
  private static final Duration USUAL_START = Duration.ofSeconds(10);
  private static final String LOG = "log.txt";

  private final Path members;

  /**
   * @param members the directory with one for each member
   */
  MemberNote(Path members) {
    this.members = members;
  }

  /** It runs, and is too young to be asked why it does not answer yet. */
  static boolean starting(MemberStatus member, @Nullable RunningProcess process, Instant now) {
    return process != null && silent(member) && now.isBefore(process.startedAt().plus(USUAL_START));
  }

  /** One line, empty if there is nothing to say; without what is different each time. */
  String lasting(MemberStatus member, @Nullable RunningProcess process, Instant now) {
    return note(member, process, now, "");
  }

  /** One line, empty if there is nothing to say. */
  String present(MemberStatus member, @Nullable RunningProcess process, Instant now) {
    return note(member, process, now, seconds(member, now));
  }

  private String note(
      MemberStatus member, @Nullable RunningProcess process, Instant now, String duration) {
    var message = Lines.one(Objects.requireNonNullElse(member.message(), ""));
    if (starting(member, process, now)) {
      return message.contains(LOG) ? "starting: " + message : "starting";
    }
    if (process != null && silent(member) && !"Lost".equals(member.health())) {
      var why = message.isEmpty() ? "" : " (" + message + ")";
      return "does not answer" + duration + why + log(member, message);
    }
    return process == null && !message.isEmpty() && !"Lost".equals(member.health())
        ? message + log(member, message)
        : message;
  }

  private static boolean silent(MemberStatus member) {
    return "Unknown".equals(member.state());
  }

  private String log(MemberStatus member, String message) {
    return message.contains(LOG)
        ? ""
        : "; its log is " + members.resolve(member.name()).resolve(LOG);
  }

  private static String seconds(MemberStatus member, Instant now) {
    try {
      var since = member.since();
      return since == null
          ? ""
          : " since %d s"
              .formatted(Math.max(0, Duration.between(Instant.parse(since), now).toSeconds()));
    } catch (DateTimeParseException _) {
      return "";
    }
  }
}
