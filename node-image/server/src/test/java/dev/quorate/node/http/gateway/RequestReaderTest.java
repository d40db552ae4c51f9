package dev.quorate.node.http.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.quorate.api.etcd.AlarmRequest;
import dev.quorate.api.etcd.HashKVRequest;
import dev.quorate.api.etcd.MemberAddRequest;
import dev.quorate.api.etcd.MemberRemoveRequest;
import dev.quorate.api.etcd.PutRequest;
import dev.quorate.api.etcd.RangeRequest;
import dev.quorate.api.etcd.RangeRequest.SortOrder;
import dev.quorate.api.etcd.TxnRequest;
import dev.quorate.api.etcd.WatchRequest;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** JSON in, as etcd's gateway takes it and refuses it. */
final class RequestReaderTest {
  private static final ByteString FOO = ByteString.copyFromUtf8("foo");

  @Test
  void takesBothSpellingsOfANameAndPassesOverWhatItDoesNotKnow() throws BadRequestException {
    var expected =
        RangeRequest.newBuilder().setKey(FOO).setRangeEnd(FOO).setSortOrder(SortOrder.DESCEND);
    assertThat(
            range(
                """
                {"key": "Zm9v", "range_end": "Zm9v", "sort_order": "DESCEND",
                 "unknown": [{"a": [1, null, "x"]}]}"""))
        .isEqualTo(expected.build());
    assertThat(range("{\"key\":\"Zm9v\",\"rangeEnd\":\"Zm9v\",\"sortOrder\":2,\"limit\":null}"))
        .isEqualTo(expected.build());
  }

  @Test
  void takesBothAlphabetsOfBase64WithAndWithoutPadding() throws BadRequestException {
    var bytes = ByteString.copyFrom(new byte[] {(byte) 0xfb, (byte) 0xff, 1, 2});
    for (String text : new String[] {"+/8BAg==", "-_8BAg==", "+/8BAg", "-_8BAg", "+/8B\\nAg=="}) {
      assertThat(range("{\"key\":\"%s\"}".formatted(text)).getKey()).as(text).isEqualTo(bytes);
    }
    assertThat(range("{\"key\":\"\"}").getKey()).isEmpty();
  }

  @Test
  void takesNumbersAsNumbersAndAsStrings() throws BadRequestException {
    for (String text : new String[] {"12", "\"12\"", "1.2e1", "\"12.0\""}) {
      assertThat(range("{\"limit\":%s}".formatted(text)).getLimit()).as(text).isEqualTo(12);
    }
    assertThat(range("{\"revision\":\"-9223372036854775808\"}").getRevision())
        .isEqualTo(Long.MIN_VALUE);
    var remove = MemberRemoveRequest.getDefaultInstance();
    assertThat(RequestReader.read("{\"ID\":\"18446744073709551615\"}", remove))
        .isEqualTo(MemberRemoveRequest.newBuilder().setID(-1).build());
    assertThat(RequestReader.read("{\"ID\":18446744073709551615}", remove))
        .isEqualTo(MemberRemoveRequest.newBuilder().setID(-1).build());
  }

  /** Whatever it costs to write such a number out, nobody pays for it. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "1e-400000000",
        "\"1e-400000000\"",
        "-1e-400000000",
        "1e-2147483647",
        "1e400000000",
        "1e2147483647",
        "12e-3",
        "10000000000e-20"
      })
  void refusesNumbersByTheirExponentAtOnce(String number) {
    assertTimeoutPreemptively(
        Duration.ofSeconds(1),
        () ->
            assertThatThrownBy(() -> range("{\"limit\":%s}".formatted(number)))
                .isInstanceOf(BadRequestException.class));
  }

  @Test
  void refusesNumbersOfEnumsByTheirExponentToo() {
    assertTimeoutPreemptively(
        Duration.ofSeconds(1),
        () ->
            assertThatThrownBy(() -> range("{\"sort_order\":1e-400000000}"))
                .isInstanceOf(BadRequestException.class));
  }

  @ParameterizedTest
  @CsvSource({
    "0e-400000000, 0",
    "0e400000000, 0",
    "-0.000, 0",
    "1.20e1, 12",
    "10e-1, 1",
    "-1500000e-5, -15",
    "9223372036854775807.000, 9223372036854775807",
    "0.9e19, 9000000000000000000"
  })
  void takesWholeNumbersInEveryNotation(String number, long value) {
    assertTimeoutPreemptively(
        Duration.ofSeconds(1),
        () -> assertThat(range("{\"limit\":%s}".formatted(number)).getLimit()).isEqualTo(value));
  }

  @Test
  void passesOverNamesThatAnEnumDoesNotHaveAndKeepsSuchNumbers() throws BadRequestException {
    assertThat(range("{\"sort_order\":\"NOPE\"}")).isEqualTo(RangeRequest.getDefaultInstance());
    assertThat(range("{\"sort_order\":\"1\"}")).isEqualTo(RangeRequest.getDefaultInstance());
    assertThat(range("{\"sort_order\":77}").getSortOrderValue()).isEqualTo(77);
  }

  @Test
  void readsNestedMessagesAndLists() throws BadRequestException {
    var txn =
        (TxnRequest)
            RequestReader.read(
                """
                {"compare":[{"key":"Zm9v","target":"VALUE","result":"NOT_EQUAL","value":"Zm9v"}],
                 "success":[{"requestTxn":{"success":[{"request_put":{"key":"Zm9v"}}]}}, {}]}""",
                TxnRequest.getDefaultInstance());
    assertThat(txn.getCompare(0).getValue()).isEqualTo(FOO);
    assertThat(txn.getSuccess(0).getRequestTxn().getSuccess(0).getRequestPut())
        .isEqualTo(PutRequest.newBuilder().setKey(FOO).build());
    assertThat(txn.getSuccessCount()).isEqualTo(2);
    var add =
        RequestReader.read(
            "{\"peerURLs\":[\"http://a:1\",\"b\"],\"isLearner\":true}",
            MemberAddRequest.getDefaultInstance());
    assertThat(add)
        .isEqualTo(
            MemberAddRequest.newBuilder()
                .addPeerURLs("http://a:1")
                .addPeerURLs("b")
                .setIsLearner(true)
                .build());
  }

  @Test
  void ignoresWhatFollowsTheFirstValue() throws BadRequestException {
    assertThat(range("{\"key\":\"Zm9v\"} and more").getKey()).isEqualTo(FOO);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"key\":12}",
        "{\"key\":[\"Zm9v\"]}",
        "{\"key\":\"Z\"}",
        "{\"key\":\"+_8B\"}",
        "{\"key\":\"Zm9v\",\"key\":\"Zm9v\"}",
        "{\"range_end\":\"Zm9v\",\"rangeEnd\":\"Zm9v\"}",
        "{\"serializable\":\"true\"}",
        "{\"serializable\":1}",
        "{\"limit\":\"x\"}",
        "{\"limit\":1.5}",
        "{\"limit\":true}",
        "{\"limit\":9223372036854775808}",
        "{\"limit\":1e999999999}",
        "{\"limit\":\"\"}",
        "{\"sort_order\":{}}",
        "{key:\"Zm9v\"}",
        "{'key':'Zm9v'}",
        "{\"key\":\"Zm9v\",}",
        "{\"key\":\"Zm9v\"",
        "{\"key\":",
        "[]",
        "null",
        "\"Zm9v\"",
        "12",
        "x",
        "{\"a\":tru}"
      })
  void refuses(String json) {
    assertThatThrownBy(() -> range(json)).isInstanceOf(BadRequestException.class);
  }

  @Test
  void saysWhichFieldIsWrongAndWhatItTakes() {
    assertRefused("{\"key\":12}", RangeRequest.getDefaultInstance(), "$.key: base64");
    assertRefused(
        "{\"create_request\":{\"filters\":[0,{}]}}",
        WatchRequest.getDefaultInstance(),
        "$.create_request.filters[1]");
    assertRefused(
        "{\"compare\":[null]}", TxnRequest.getDefaultInstance(), "$.compare[0]: an object");
    assertRefused("{\"compare\":{}}", TxnRequest.getDefaultInstance(), "$.compare: an array");
    assertRefused("{\"alarm\":true}", AlarmRequest.getDefaultInstance(), "AlarmType");
    assertRefused("{\"revision\":", HashKVRequest.getDefaultInstance(), "unexpected EOF");
    assertRefused(
        "{\"create_request\":{},\"cancel_request\":{}}",
        WatchRequest.getDefaultInstance(),
        "$.cancel_request");
  }

  @Test
  void isNotTiredOutByDepthOrDigits() {
    String deep = "{\"success\":[{\"request_txn\":".repeat(60) + "{}" + "}]}".repeat(60);
    assertRefused(deep, TxnRequest.getDefaultInstance(), "too deep");
    String deepUnknown = "{\"a\":".repeat(100_000) + "1" + "}".repeat(100_000);
    assertRefused(deepUnknown, RangeRequest.getDefaultInstance(), "not valid JSON");
    String digits = "{\"limit\":" + "9".repeat(1_000_000) + "}";
    assertRefused(digits, RangeRequest.getDefaultInstance(), "$.limit");
  }

  private static RangeRequest range(String json) throws BadRequestException {
    return (RangeRequest) RequestReader.read(json, RangeRequest.getDefaultInstance());
  }

  private static void assertRefused(String json, Message prototype, String words) {
    assertThatThrownBy(() -> RequestReader.read(json, prototype))
        .isInstanceOf(BadRequestException.class)
        .hasMessageContaining(words);
  }
}
