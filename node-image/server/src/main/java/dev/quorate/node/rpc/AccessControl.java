package dev.quorate.node.rpc;

import com.google.protobuf.ByteString;
import dev.quorate.api.command.Command;
import dev.quorate.node.auth.Tokens;
import dev.quorate.node.kv.ApplyResult;
import dev.quorate.node.kv.AuthState;
import dev.quorate.node.kv.Caller;
import dev.quorate.node.kv.KvError;
import dev.quorate.node.kv.KvReads;
import dev.quorate.node.kv.KvStateMachine;
import dev.quorate.node.kv.RequestAccess;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Whether a caller may do what it asks for, the same for every service. Reads are decided here; a
 * write carries its caller into the log and is decided when it is applied, by the users and roles
 * of that moment. Every answer is null or the error for the client. While auth is disabled, nothing
 * costs more than looking that up.
 */
public final class AccessControl {
  private final @Nullable Tokens tokens;

  private final boolean certificatesNameUsers;

  private AccessControl(@Nullable Tokens tokens, boolean certificatesNameUsers) {
    this.tokens = tokens;
    this.certificatesNameUsers = certificatesNameUsers;
  }

  /**
   * Asks everybody, as soon as auth is enabled.
   *
   * @param certificatesNameUsers whether the common name of a client certificate is a user's name
   */
  public static AccessControl with(Tokens tokens, boolean certificatesNameUsers) {
    return new AccessControl(tokens, certificatesNameUsers);
  }

  /** Lets everybody do everything: for ports that only members and the operator reach. */
  public static AccessControl none() {
    return new AccessControl(null, false);
  }

  /** What the present call shows; to be taken before the work moves to another thread. */
  Credentials credentials(KvStateMachine state) {
    return isOff(state) ? Credentials.NONE : Credentials.current();
  }

  /** Only root may. */
  @Nullable Status refuseUnlessRoot(KvStateMachine state, Credentials credentials) {
    return check(state, credentials, AuthState::refuseUnlessRoot);
  }

  /** Everybody may who says who it is. */
  @Nullable Status refuseUnlessKnown(KvStateMachine state, Credentials credentials) {
    return check(state, credentials, (_, caller) -> isNobody(caller) ? KvError.USER_EMPTY : null);
  }

  /**
   * Proposes a command in the name of who made the present call; fails at once for nobody. To be
   * called on the thread that brings the call.
   */
  CompletableFuture<ApplyResult> submit(ServingMember member, Command.Builder command) {
    return submit(member, credentials(member.state().get()), command);
  }

  /**
   * The same on any thread. What an alarm would refuse where it is applied is refused before: it
   * would only take space in the log.
   */
  CompletableFuture<ApplyResult> submit(
      ServingMember member, Credentials credentials, Command.Builder command) {
    var state = member.state().get();
    var refusal = sign(state, credentials, command);
    if (refusal != null) {
      return CompletableFuture.failedFuture(refusal.asRuntimeException());
    }
    var alarmed = state.refusedByAlarm(command);
    return alarmed == null
        ? member.proposals().submit(command)
        : CompletableFuture.completedFuture(new ApplyResult.Refused(alarmed));
  }

  /** Who may read all these keys may read or watch them; told as in RangeRequest. */
  @Nullable Status refuseRange(
      KvStateMachine state, Credentials credentials, ByteString key, ByteString rangeEnd) {
    return refuse(state, credentials, access -> access.range(key, rangeEnd));
  }

  /** Who may do all that is asked about. */
  @Nullable Status refuse(
      KvStateMachine state,
      Credentials credentials,
      Function<RequestAccess, @Nullable KvError> question) {
    return check(state, credentials, (_, caller) -> question.apply(state.access(caller)));
  }

  /**
   * Who says who it is, and may do all that is asked about.
   *
   * @throws StatusRuntimeException if it may not
   */
  void require(
      KvStateMachine state,
      Credentials credentials,
      Function<RequestAccess, @Nullable KvError> question) {
    throwIf(refuseUnlessKnown(state, credentials));
    throwIf(refuse(state, credentials, question));
  }

  /**
   * What is read for the caller. It is decided as late as possible, and what was decided by users
   * and roles that changed under the read does not count.
   *
   * @throws StatusRuntimeException if the caller may not read it
   */
  <T> T read(
      KvStateMachine state,
      Credentials credentials,
      Function<RequestAccess, @Nullable KvError> permission,
      Function<KvReads, T> question) {
    var before = state.auth();
    throwIf(refuse(state, credentials, permission));
    T answer = question.apply(state.reads());
    throwIf(refuseIfChanged(before, state));
    return answer;
  }

  /**
   * The same for an answer that itself tells what the caller must be allowed to read. Who does not
   * say who it is does not get as far.
   */
  <T> T readThenAsk(
      KvStateMachine state,
      Credentials credentials,
      Function<KvReads, T> question,
      BiFunction<RequestAccess, T, @Nullable KvError> permission) {
    var before = state.auth();
    throwIf(refuseUnlessKnown(state, credentials));
    T answer = question.apply(state.reads());
    throwIf(refuse(state, credentials, access -> permission.apply(access, answer)));
    throwIf(refuseIfChanged(before, state));
    return answer;
  }

  private static void throwIf(@Nullable Status refusal) {
    if (refusal != null) {
      throw refusal.asRuntimeException();
    }
  }

  private @Nullable Status refuseIfChanged(AuthState before, KvStateMachine state) {
    return tokens != null && before.enabled() && state.auth().revision() != before.revision()
        ? EtcdErrors.OLD_AUTH_REVISION
        : null;
  }

  /** Writes the caller on a command, for the state machine to decide; refuses only nobody. */
  @Nullable Status sign(KvStateMachine state, Credentials credentials, Command.Builder command) {
    return check(
        state,
        credentials,
        (_, caller) -> {
          command.setUser(caller.name()).setAuthRevision(caller.authRevision());
          return isNobody(caller) ? KvError.USER_EMPTY : null;
        });
  }

  private static boolean isNobody(Caller caller) {
    return caller.equals(Caller.NOBODY);
  }

  private boolean isOff(KvStateMachine state) {
    return !state.auth().enabled() || tokens == null;
  }

  private interface Question {
    @Nullable KvError ask(AuthState auth, Caller caller);
  }

  private @Nullable Status check(KvStateMachine state, Credentials credentials, Question question) {
    var auth = state.auth();
    if (!auth.enabled() || tokens == null) {
      return null;
    }
    var caller = caller(tokens, credentials, auth.revision());
    if (caller == null) {
      return EtcdErrors.INVALID_AUTH_TOKEN;
    }
    // Whatever it is about: a password that was changed, or a user that is gone, is no way in.
    if (auth.isOld(caller)) {
      return EtcdErrors.OLD_AUTH_REVISION;
    }
    var error = question.ask(auth, caller);
    return error == null ? null : EtcdErrors.of(error);
  }

  /** A token counts more than a certificate; null if it is not good. */
  private @Nullable Caller caller(Tokens tokens, Credentials credentials, long revision) {
    String token = credentials.token();
    if (token != null) {
      return tokens.callerOf(token, revision);
    }
    String commonName = certificatesNameUsers ? credentials.commonName() : null;
    return commonName == null ? Caller.NOBODY : new Caller(commonName, revision);
  }

  /**
   * Who asks, by this picture of users and roles; whether it is old is for who looks at it.
   *
   * @throws StatusRuntimeException if the token is not good
   */
  Caller caller(AuthState auth, Credentials credentials) {
    if (tokens == null || !auth.enabled()) {
      return Caller.NOBODY;
    }
    var caller = caller(tokens, credentials, auth.revision());
    if (caller == null) {
      throw EtcdErrors.INVALID_AUTH_TOKEN.asRuntimeException();
    }
    return caller;
  }

  /** Whether it is worth to catch up with the log before the call is looked at. */
  boolean isAhead(ServingMember member, Credentials credentials) {
    String token = credentials.token();
    return tokens != null
        && token != null
        && tokens.isAhead(
            token,
            member.control().status().raft().appliedIndex(),
            member.state().get().auth().revision());
  }
}
