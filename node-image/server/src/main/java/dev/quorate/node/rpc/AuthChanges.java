package dev.quorate.node.rpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import dev.quorate.api.command.AuthCommand;
import dev.quorate.api.command.Command;
import dev.quorate.api.etcd.ResponseHeader;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Changes of users and roles: commands in the log, in the name of who asks for them. */
final class AuthChanges {
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
      Calls.answer(
          member,
          access.submit(member, Command.newBuilder().setAuth(change)),
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
            .thenCompose(
                hash ->
                    access.submit(
                        member, credentials, Command.newBuilder().setAuth(change.apply(hash))));
    Calls.answer(member, result, (_, header) -> response.apply(header), client);
  }
}
