package dev.quorate.node.rpc;

import com.google.protobuf.MessageLite;
import dev.quorate.api.etcd.ResponseHeader;
import dev.quorate.node.kv.ApplyResult;
import dev.quorate.node.kv.AuthReads;
import io.grpc.stub.StreamObserver;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Questions about users and roles: linearizable, and about the caller as much as the answer. */
final class AuthQuestions {
  private final Supplier<@Nullable ServingMember> serving;
  private final AccessControl access;

  AuthQuestions(Supplier<@Nullable ServingMember> serving, AccessControl access) {
    this.serving = serving;
    this.access = access;
  }

  /** Asks and answers from the same picture of users and roles. */
  <R extends MessageLite> void ask(
      Function<AuthReads, ApplyResult> question,
      BiFunction<MessageLite, ResponseHeader, R> response,
      StreamObserver<R> client) {
    var member = Calls.servingVoter(serving, client);
    if (member != null) {
      var credentials = access.credentials(member.state().get());
      var told =
          member
              .reads()
              .linearizable()
              .thenApply(
                  _ -> {
                    var state = member.state().get();
                    var auth = state.auth();
                    var caller = access.caller(auth, credentials);
                    return question.apply(new AuthReads(auth, caller, state.revision()));
                  });
      Calls.answer(member, told, response, client);
    }
  }
}
