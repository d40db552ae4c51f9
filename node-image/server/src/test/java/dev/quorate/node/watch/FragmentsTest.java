package dev.quorate.node.watch;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.quorate.api.etcd.Event;
import dev.quorate.api.etcd.KeyValue;
import dev.quorate.api.etcd.ResponseHeader;
import dev.quorate.api.etcd.WatchResponse;
import org.junit.jupiter.api.Test;

/** Where responses are cut. */
final class FragmentsTest {
  private static WatchResponse response(int... sizes) {
    var response =
        WatchResponse.newBuilder()
            .setHeader(ResponseHeader.newBuilder().setRevision(9))
            .setWatchId(3);
    for (int size : sizes) {
      response.addEvents(
          Event.newBuilder()
              .setKv(KeyValue.newBuilder().setValue(ByteString.copyFrom(new byte[size]))));
    }
    return response.build();
  }

  @Test
  void whatFitsStaysWhole() {
    var small = response(100, 100);
    assertThat(Fragments.of(small, small.getSerializedSize() + 1)).containsExactly(small);
    assertThat(Fragments.of(small, small.getSerializedSize())).hasSize(2);
  }

  @Test
  void oneEventIsNeverCut() {
    var large = response(5000);
    assertThat(Fragments.of(large, 1000)).containsExactly(large);
    assertThat(Fragments.of(response(10, 5000, 10), 1000)).hasSize(3);
  }

  @Test
  void piecesAreSmallMarkedAndTogetherTheWhole() {
    var whole = response(300, 300, 300, 300, 300, 300, 300);
    var pieces = Fragments.of(whole, 1000);
    assertThat(pieces).extracting(WatchResponse::getEventsCount).containsExactly(3, 3, 1);
    assertThat(pieces).extracting(WatchResponse::getFragment).containsExactly(true, true, false);
    assertThat(pieces).allMatch(piece -> piece.getSerializedSize() < 1000);
    var together = whole.toBuilder().clearEvents();
    pieces.forEach(piece -> together.addAllEvents(piece.getEventsList()));
    assertThat(together.build()).isEqualTo(whole);
  }
}
