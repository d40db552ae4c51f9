package dev.quorate.node.rpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import dev.quorate.api.command.AuthCommand;
import dev.quorate.api.command.Command;
import dev.quorate.api.etcd.ResponseHeader;
import dev.quorate.node.kv.ApplyResult;
import dev.quorate.node.kv.KvError;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Changes of users and roles: commands in the log, in the name of who asks for them. */
final class AuthChanges {
  /** Each time some other change was made, so that these are very many at once. */
  private static final int MAX_ATTEMPTS = 10;

  private static final ApplyResult OVERTAKEN = new ApplyResult.Refused(KvError.OLD_AUTH_REVISION);

  private final Supplier<@Nullable ServingMember> serving;
  private final AccessControl access;
  private final Passwords passwords;

  AuthChanges(
      Supplier<@Nullable ServingMember> serving, AccessControl access, Passwords passwords) {
    this.serving = serving;
    this.access = access;
    this.passwords = passwords;
  }

  /** Whether the caller may is decided when the command is applied. */
  <R extends MessageLite> void make(
      AuthCommand.Builder change, Function<ResponseHeader, R> response, StreamObserver<R> client) {
    var member = Calls.servingVoter(serving, client);
    if (member != null) {
      var credentials = access.credentials(member.state().get());
      Calls.answer(
          member,
          propose(member, credentials, change, MAX_ATTEMPTS),
          (_, header) -> response.apply(header),
          client);
    }
  }

  /** Before anybody's password is hashed, it is asked whether the caller may set one. */
  <R extends MessageLite> void makeWithPassword(
      ByteString password,
      String givenHash,
      Function<ByteString, AuthCommand.Builder> change,
      Function<ResponseHeader, R> response,
      StreamObserver<R> client) {
    var member = Calls.servingVoter(serving, client);
    if (member == null) {
      return;
    }
    var credentials = access.credentials(member.state().get());
    var result =
        member
            .reads()
            .linearizable()
            .thenCompose(
                _ -> {
                  var refusal = access.refuseUnlessRoot(member.state().get(), credentials);
                  return refusal != null
                      ? CompletableFuture.failedFuture(refusal.asRuntimeException())
                      : passwords.hash(password, givenHash, () -> !Calls.isCancelled(client));
                })
            .thenCompose(hash -> propose(member, credentials, change.apply(hash), MAX_ATTEMPTS));
    Calls.answer(member, result, (_, header) -> response.apply(header), client);
  }

  /**
   * A command that another change has overtaken was refused without any effect, and this member
   * knows of that change now: the caller is looked at again, and a token that is still good is good
   * enough. So administrators are not in each other's way, whichever members they ask.
   */
  private CompletableFuture<ApplyResult> propose(
      ServingMember member, Credentials credentials, AuthCommand.Builder change, int attempts) {
    return access
        .submit(member, credentials, Command.newBuilder().setAuth(change))
        .thenCompose(
            result ->
                result.equals(OVERTAKEN) && attempts > 1
                    ? propose(member, credentials, change, attempts - 1)
                    : CompletableFuture.completedFuture(result));
  }
}
