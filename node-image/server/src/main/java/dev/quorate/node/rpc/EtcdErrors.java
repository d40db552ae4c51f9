package dev.quorate.node.rpc;

import dev.quorate.node.kv.KvError;
import dev.quorate.node.replication.ReplicationException;
import io.grpc.Status;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;

/**
 * etcd's errors, code and text: clients compare both. What etcd has no error for begins with
 * "quorate:".
 */
public final class EtcdErrors {
  public static final Status EMPTY_KEY = invalid("key is not provided");
  public static final Status KEY_NOT_FOUND = invalid("key not found");
  public static final Status VALUE_PROVIDED = invalid("value is provided");
  public static final Status LEASE_PROVIDED = invalid("lease is provided");
  public static final Status TOO_MANY_OPERATIONS = invalid("too many operations in txn request");
  public static final Status DUPLICATE_KEY = invalid("duplicate key given in txn request");
  public static final Status INVALID_SORT_OPTION = invalid("invalid sort option");
  public static final Status REQUEST_TOO_LARGE = invalid("request is too large");
  public static final Status BAD_MEMBER_URLS = invalid("given member URLs are invalid");

  /** Without the usual beginning, as in etcd. */
  public static final Status STREAM_CANNOT_SORT =
      Status.UNIMPLEMENTED.withDescription("RangeStream does not support custom sort orders");

  public static final Status STREAM_CANNOT_FILTER =
      Status.UNIMPLEMENTED.withDescription("RangeStream does not support revision filters");

  public static final Status BAD_DOWNGRADE_VERSION =
      invalid("wrong downgrade target version format");
  public static final Status NO_SUCH_DOWNGRADE = invalid("invalid downgrade target version");

  public static final Status COMPACTED =
      etcd(Status.OUT_OF_RANGE, "mvcc: required revision has been compacted");
  public static final Status FUTURE_REVISION =
      etcd(Status.OUT_OF_RANGE, "mvcc: required revision is a future revision");
  public static final Status NO_SPACE =
      etcd(Status.RESOURCE_EXHAUSTED, "mvcc: database space exceeded");
  public static final Status CORRUPT = etcd(Status.DATA_LOSS, "corrupt cluster");
  public static final Status TOO_MANY_REQUESTS =
      etcd(Status.RESOURCE_EXHAUSTED, "too many requests");
  public static final Status LEASE_NOT_FOUND = etcd(Status.NOT_FOUND, "requested lease not found");
  public static final Status LEASE_TTL_TOO_LARGE = etcd(Status.OUT_OF_RANGE, "too large lease TTL");
  public static final Status LEASE_EXISTS = precondition("lease already exists");
  public static final Status MEMBER_NOT_FOUND = etcd(Status.NOT_FOUND, "member not found");

  /** etcd's recipes for locks and elections have words and no code. */
  public static final Status SESSION_EXPIRED =
      Status.UNKNOWN.withDescription("mutex: session is expired");

  public static final Status NOT_ELECTED = Status.UNKNOWN.withDescription("election: not leader");
  public static final Status NOBODY_ELECTED = Status.UNKNOWN.withDescription("election: no leader");
  public static final Status MISSING_LEADER_KEY =
      Status.UNKNOWN.withDescription("\"leader\" field must be provided");

  public static final Status MEMBER_EXISTS = precondition("member ID already exist");
  public static final Status PEER_URL_EXISTS = precondition("Peer URLs already exists");
  public static final Status NOT_ENOUGH_STARTED_MEMBERS =
      precondition("re-configuration failed due to not enough started members");
  public static final Status NOT_A_LEARNER = precondition("can only promote a learner member");
  public static final Status LEARNER_NOT_READY =
      precondition("can only promote a learner member which is in sync with leader");
  public static final Status TOO_MANY_LEARNERS =
      precondition("too many learner members in cluster");
  public static final Status NOT_LEADER = precondition("not leader");
  public static final Status NOT_FOR_LEARNERS = precondition("rpc not supported for learner");
  public static final Status BAD_TRANSFEREE = precondition("bad leader transferee");

  public static final Status AUTH_NOT_ENABLED = precondition("authentication is not enabled");
  public static final Status AUTHENTICATION_FAILED =
      invalid("authentication failed, invalid user ID or password");
  public static final Status INVALID_AUTH_TOKEN =
      etcd(Status.UNAUTHENTICATED, "invalid auth token");
  public static final Status INVALID_AUTH_MANAGEMENT = invalid("invalid auth management");
  public static final Status OLD_AUTH_REVISION = invalid("revision of auth store is old");
  public static final Status PERMISSION_DENIED =
      etcd(Status.PERMISSION_DENIED, "permission denied");
  public static final Status PERMISSION_NOT_GIVEN = invalid("permission not given");
  public static final Status PERMISSION_NOT_GRANTED =
      precondition("permission is not granted to the role");
  public static final Status ROLE_EMPTY = invalid("role name is empty");
  public static final Status ROLE_EXISTS = precondition("role name already exists");
  public static final Status ROLE_NOT_FOUND = precondition("role name not found");
  public static final Status ROLE_NOT_GRANTED = precondition("role is not granted to the user");
  public static final Status ROOT_ROLE_NOT_GRANTED =
      precondition("root user does not have root role");
  public static final Status ROOT_USER_NOT_FOUND = precondition("root user does not exist");
  public static final Status USER_EMPTY = invalid("user name is empty");
  public static final Status USER_EXISTS = precondition("user name already exists");
  public static final Status USER_NOT_FOUND = precondition("user name not found");

  /** etcd has no code for these three. */
  public static final Status USER_WITHOUT_PASSWORD =
      Status.UNKNOWN.withDescription(
          "auth: authentication failed, password was given for no password user");

  public static final Status PASSWORD_TOO_LONG =
      Status.UNKNOWN.withDescription("bcrypt: password length exceeds 72 bytes");
  public static final Status VERIFY_ONLY =
      Status.UNKNOWN.withDescription("auth: token signing attempted with verify-only key");

  public static final Status NO_LEADER = unavailable("no leader");
  public static final Status LEADER_CHANGED = unavailable("leader changed");
  public static final Status STOPPED = unavailable("server stopped");
  public static final Status TIMEOUT = unavailable("request timed out");
  public static final Status TIMEOUT_LEADER_FAILED =
      unavailable("request timed out, possibly due to previous leader failure");
  public static final Status UNHEALTHY = unavailable("unhealthy cluster");

  public static final Status TOO_DEEPLY_NESTED =
      own(
          Status.INVALID_ARGUMENT,
          "more than 32 transactions are nested in each other; nest fewer");

  public static final Status ANSWER_TOO_LARGE =
      own(
          Status.INVALID_ARGUMENT,
          "the answer is more than this member's memory has room for; ask for smaller ranges or"
              + " with a limit, read with RangeStream, delete without prev_kv");

  public static final Status CHANGE_PENDING =
      own(Status.UNAVAILABLE, "another membership change is not applied yet; try again when it is");
  public static final Status INVALID_CHANGE =
      own(
          Status.FAILED_PRECONDITION,
          "the change does not fit the present members; list them and decide anew");
  public static final Status STALE_FENCE =
      own(
          Status.FAILED_PRECONDITION,
          "decided on an old configuration, or by an operator that was replaced; read the"
              + " configuration and decide anew");
  public static final Status UNKNOWN_DOWNGRADE_ACTION =
      own(Status.INVALID_ARGUMENT, "action must be VALIDATE, ENABLE or CANCEL");
  public static final Status SNAPSHOT_RUNNING =
      own(
          Status.RESOURCE_EXHAUSTED,
          "a snapshot of this member is being taken already; try again when it is done, or ask"
              + " another member");
  public static final Status NOT_A_HASH =
      own(
          Status.INVALID_ARGUMENT,
          "hashedPassword is not base64 of a bcrypt hash of a cost from 4 to 15");
  public static final Status NOT_SERVING =
      own(
          Status.UNAVAILABLE,
          "this node serves no clients: it has joined no cluster yet, is paused, or its data is"
              + " damaged; use another member");

  private EtcdErrors() {}

  public static Status of(KvError error) {
    return switch (error) {
      case KEY_NOT_FOUND -> KEY_NOT_FOUND;
      case LEASE_NOT_FOUND -> LEASE_NOT_FOUND;
      case LEASE_EXISTS -> LEASE_EXISTS;
      case LEADER_CHANGED -> LEADER_CHANGED;
      case COMPACTED -> COMPACTED;
      case FUTURE_REVISION -> FUTURE_REVISION;
      case NO_SPACE -> NO_SPACE;
      case CORRUPT -> CORRUPT;
      case MEMBER_NOT_FOUND -> MEMBER_NOT_FOUND;
      case MEMBER_EXISTS -> MEMBER_EXISTS;
      case PEER_URL_EXISTS -> PEER_URL_EXISTS;
      case AUTH_NOT_ENABLED -> AUTH_NOT_ENABLED;
      case AUTHENTICATION_FAILED -> AUTHENTICATION_FAILED;
      case INVALID_AUTH_MANAGEMENT -> INVALID_AUTH_MANAGEMENT;
      case OLD_AUTH_REVISION -> OLD_AUTH_REVISION;
      case PERMISSION_DENIED -> PERMISSION_DENIED;
      case PERMISSION_NOT_GIVEN -> PERMISSION_NOT_GIVEN;
      case PERMISSION_NOT_GRANTED -> PERMISSION_NOT_GRANTED;
      case ROLE_EMPTY -> ROLE_EMPTY;
      case ROLE_EXISTS -> ROLE_EXISTS;
      case ROLE_NOT_FOUND -> ROLE_NOT_FOUND;
      case ROLE_NOT_GRANTED -> ROLE_NOT_GRANTED;
      case ROOT_ROLE_NOT_GRANTED -> ROOT_ROLE_NOT_GRANTED;
      case ROOT_USER_NOT_FOUND -> ROOT_USER_NOT_FOUND;
      case USER_EMPTY -> USER_EMPTY;
      case USER_EXISTS -> USER_EXISTS;
      case USER_NOT_FOUND -> USER_NOT_FOUND;
    };
  }

  public static Status of(ReplicationException.Reason reason) {
    return switch (reason) {
      case NO_LEADER -> NO_LEADER;
      case TOO_MANY_REQUESTS -> TOO_MANY_REQUESTS;
      case STOPPED -> STOPPED;
      case LEADER_CHANGED -> LEADER_CHANGED;
      case TIMEOUT -> TIMEOUT;
      case TIMEOUT_LEADER_FAILED -> TIMEOUT_LEADER_FAILED;
      case NOT_LEADER -> NOT_LEADER;
      case CHANGE_PENDING -> CHANGE_PENDING;
      case INVALID_CHANGE -> INVALID_CHANGE;
      case MEMBER_NOT_FOUND -> MEMBER_NOT_FOUND;
      case MEMBER_EXISTS -> MEMBER_EXISTS;
      case PEER_URL_EXISTS -> PEER_URL_EXISTS;
      case NOT_A_LEARNER -> NOT_A_LEARNER;
      case TOO_MANY_LEARNERS -> TOO_MANY_LEARNERS;
      case NOT_ENOUGH_STARTED_MEMBERS -> NOT_ENOUGH_STARTED_MEMBERS;
      case STALE_FENCE -> STALE_FENCE;
      case UNHEALTHY, DISK_STALLS -> UNHEALTHY;
      case LEARNER_NOT_READY -> LEARNER_NOT_READY;
      case SNAPSHOT_RUNNING -> SNAPSHOT_RUNNING;
      case NOT_SERVING -> NOT_SERVING;
    };
  }

  /** What a future of proposals or reads failed with. */
  public static Status of(Throwable failure) {
    var cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return switch (cause) {
      case ReplicationException replication -> of(replication.reason());
      case HeapBudget.ExceededException exceeded -> exceeded.status();
      // A bounded pool of threads is full.
      case RejectedExecutionException _ -> TOO_MANY_REQUESTS;
      default -> Status.fromThrowable(cause);
    };
  }

  private static Status etcd(Status code, String text) {
    return code.withDescription("etcdserver: " + text);
  }

  private static Status own(Status code, String text) {
    return code.withDescription("quorate: " + text);
  }

  private static Status invalid(String text) {
    return etcd(Status.INVALID_ARGUMENT, text);
  }

  private static Status precondition(String text) {
    return etcd(Status.FAILED_PRECONDITION, text);
  }

  private static Status unavailable(String text) {
    return etcd(Status.UNAVAILABLE, text);
  }
}
