package dev.quorate.e2e.differential;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.quorate.api.etcd.AuthenticateResponse;
import dev.quorate.api.etcd.HashKVResponse;
import dev.quorate.api.etcd.LeaseLeasesResponse;
import dev.quorate.api.etcd.LeaseStatus;
import dev.quorate.api.etcd.LeaseTimeToLiveResponse;
import dev.quorate.api.etcd.Member;
import dev.quorate.api.etcd.MemberListResponse;
import dev.quorate.api.etcd.RangeResponse;
import dev.quorate.api.etcd.ResponseHeader;
import dev.quorate.api.etcd.StatusResponse;
import dev.quorate.api.etcd.TxnResponse;
import java.util.Comparator;
import java.util.List;

/** Takes out of a response what is different on any two servers. */
final class Mask {
  private Mask() {}

  static Message of(Message response) {
    return withoutNames(withoutOrigin(response));
  }

  /** Only the outermost header says who answered. */
  private static Message withoutOrigin(Message response) {
    var field = response.getDescriptorForType().findFieldByName("header");
    if (field == null || !response.hasField(field)) {
      return response;
    }
    var header = (ResponseHeader) response.getField(field);
    var masked = header.toBuilder().clearClusterId().clearMemberId().clearRaftTerm().build();
    return response.toBuilder().setField(field, masked).build();
  }

  private static Message withoutNames(Message response) {
    return switch (response) {
      case AuthenticateResponse authenticated ->
          authenticated.toBuilder().setToken(authenticated.getToken().isEmpty() ? "" : "T").build();
      case HashKVResponse hash ->
          hash.toBuilder().clearHash().clearHashRevision().clearCompactRevision().build();
      case LeaseTimeToLiveResponse lease ->
          lease.toBuilder()
              .setTTL(aboutFull(lease.getTTL(), lease.getGrantedTTL()))
              .clearKeys()
              .addAllKeys(sorted(lease.getKeysList()))
              .build();
      case LeaseLeasesResponse leases -> sorted(leases);
      case MemberListResponse list -> withoutIds(list);
      case RangeResponse range -> withoutLeases(range);
      case TxnResponse txn -> withoutLeases(txn);
      case StatusResponse status ->
          // Of the rest every field is a size, an id or a count of its own making.
          StatusResponse.newBuilder()
              .setHeader(status.getHeader())
              .setIsLearner(status.getIsLearner())
              .addAllErrors(status.getErrorsList().stream().map(Mask::evenlySpaced).toList())
              .build();
      default -> response;
    };
  }

  /** How Go writes a message as text changes from build to build. */
  private static String evenlySpaced(String text) {
    return text.strip().replaceAll(" +", " ");
  }

  /** A lease of minutes has lost a second or two, depending on how long the test took. */
  private static long aboutFull(long remainingSeconds, long grantedSeconds) {
    return remainingSeconds >= grantedSeconds - 60 && remainingSeconds <= grantedSeconds
        ? grantedSeconds
        : remainingSeconds;
  }

  /** etcd tells them as they stand in a hash table. */
  private static List<ByteString> sorted(List<ByteString> keys) {
    return keys.stream().sorted(ByteString.unsignedLexicographicalComparator()).toList();
  }

  /** etcd tells them by the time that is left. */
  private static LeaseLeasesResponse sorted(LeaseLeasesResponse leases) {
    return leases.toBuilder()
        .clearLeases()
        .addAllLeases(
            leases.getLeasesList().stream()
                .sorted(Comparator.comparingLong(LeaseStatus::getID))
                .toList())
        .build();
  }

  /** Where only keys are asked for, etcd leaves out their leases as well. */
  private static RangeResponse withoutLeases(RangeResponse range) {
    var masked = range.toBuilder();
    for (var kv : masked.getKvsBuilderList()) {
      if (kv.getValue().isEmpty()) {
        kv.clearLease();
      }
    }
    return masked.build();
  }

  private static TxnResponse withoutLeases(TxnResponse txn) {
    var masked = txn.toBuilder();
    for (var response : masked.getResponsesBuilderList()) {
      if (response.hasResponseRange()) {
        response.setResponseRange(withoutLeases(response.getResponseRange()));
      } else if (response.hasResponseTxn()) {
        response.setResponseTxn(withoutLeases(response.getResponseTxn()));
      }
    }
    return masked.build();
  }

  private static MemberListResponse withoutIds(MemberListResponse list) {
    var masked = list.toBuilder().clearMembers();
    for (Member member : list.getMembersList()) {
      masked.addMembers(member.toBuilder().clearID().clearPeerURLs().clearClientURLs());
    }
    return masked.build();
  }
}
