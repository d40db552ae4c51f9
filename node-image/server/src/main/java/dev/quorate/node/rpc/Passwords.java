package dev.quorate.node.rpc;

import com.google.protobuf.ByteString;
import dev.quorate.api.command.AuthCommand;
import dev.quorate.api.command.Command;
import dev.quorate.api.command.Login;
import dev.quorate.api.etcd.AuthenticateRequest;
import dev.quorate.api.etcd.AuthenticateResponse;
import dev.quorate.node.auth.JwtTokens;
import dev.quorate.node.auth.PasswordHashing;
import dev.quorate.node.auth.SimpleTokens;
import dev.quorate.node.auth.Tokens;
import dev.quorate.node.kv.ApplyResult;
import dev.quorate.node.kv.KvError;
import io.grpc.Status;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/** From passwords to hashes and tokens; nothing of it keeps a network thread. */
public final class Passwords {
  /** How often a log-in begins anew because users or roles changed under it. */
  private static final int MAX_ATTEMPTS = 10;

  private final PasswordHashing hashing;
  private final Tokens tokens;

  public Passwords(PasswordHashing hashing, Tokens tokens) {
    this.hashing = hashing;
    this.tokens = tokens;
  }

  /**
   * The hash to be stored.
   *
   * @param givenHash in base64, as etcd's clients may send it; counts only without a password
   * @param wanted whether somebody still waits for it
   */
  CompletableFuture<ByteString> hash(
      ByteString password, String givenHash, BooleanSupplier wanted) {
    if (password.size() > PasswordHashing.MAX_PASSWORD_BYTES) {
      return failed(EtcdErrors.PASSWORD_TOO_LONG);
    }
    if (!password.isEmpty() || givenHash.isEmpty()) {
      return hashing.hash(password, wanted);
    }
    try {
      var hash = ByteString.copyFrom(Base64.getDecoder().decode(givenHash));
      return PasswordHashing.isHash(hash)
          ? CompletableFuture.completedFuture(hash)
          : failed(EtcdErrors.NOT_A_HASH);
    } catch (IllegalArgumentException _) {
      return failed(EtcdErrors.NOT_A_HASH);
    }
  }

  /** A token, if the password is right at the revision of users and roles that hands it out. */
  CompletableFuture<ApplyResult> logIn(
      ServingMember member, AuthenticateRequest request, BooleanSupplier wanted) {
    return logIn(member, request, wanted, MAX_ATTEMPTS);
  }

  private CompletableFuture<ApplyResult> logIn(
      ServingMember member, AuthenticateRequest request, BooleanSupplier wanted, int attempts) {
    return member
        .reads()
        .linearizable()
        .thenCompose(_ -> logInNow(member, request, wanted))
        .thenCompose(
            result ->
                result.equals(CHANGED_MEANWHILE) && attempts > 1 && wanted.getAsBoolean()
                    ? logIn(member, request, wanted, attempts - 1)
                    : CompletableFuture.completedFuture(result));
  }

  private static final ApplyResult CHANGED_MEANWHILE =
      new ApplyResult.Refused(KvError.OLD_AUTH_REVISION);

  private CompletableFuture<ApplyResult> logInNow(
      ServingMember member, AuthenticateRequest request, BooleanSupplier wanted) {
    var auth = member.state().get().auth();
    if (!auth.enabled()) {
      return failed(EtcdErrors.AUTH_NOT_ENABLED);
    }
    var user = auth.user(request.getName());
    if (user != null && user.getOptions().getNoPassword()) {
      return failed(EtcdErrors.USER_WITHOUT_PASSWORD);
    }
    return hashing
        .verify(user == null ? null : user.getPassword(), request.getPasswordBytes(), wanted)
        .thenCompose(
            right ->
                right
                    ? token(member, request.getName(), auth.revision(), wanted)
                    : failed(EtcdErrors.AUTHENTICATION_FAILED));
  }

  private CompletableFuture<ApplyResult> token(
      ServingMember member, String user, long authRevision, BooleanSupplier wanted) {
    return switch (tokens) {
      case SimpleTokens simple -> {
        var login = Login.newBuilder().setName(user).setTokenPrefix(simple.newPrefix());
        yield member
            .proposals()
            .submit(
                Command.newBuilder()
                    .setAuth(AuthCommand.newBuilder().setLogin(login))
                    .setAuthRevision(authRevision));
      }
      case JwtTokens signed ->
          hashing.compute(() -> issue(signed, member, user, authRevision), wanted);
    };
  }

  private static ApplyResult issue(
      JwtTokens tokens, ServingMember member, String user, long authRevision) {
    String token = tokens.issue(user, authRevision);
    if (token == null) {
      throw EtcdErrors.VERIFY_ONLY.asRuntimeException();
    }
    var state = member.state().get();
    return state.auth().revision() == authRevision
        ? new ApplyResult.Done(
            AuthenticateResponse.newBuilder().setToken(token).build(), state.revision())
        : CHANGED_MEANWHILE;
  }

  private static <T> CompletableFuture<T> failed(Status error) {
    return CompletableFuture.failedFuture(error.asRuntimeException());
  }
}
